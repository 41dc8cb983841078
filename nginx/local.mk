EXTRA_DIST += nginx/haat.conf.in nginx/nginx.conf.in nginx/answers.conf nginx/fastcgi.conf
