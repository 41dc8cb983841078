-- GB stays right.
DO 0;
