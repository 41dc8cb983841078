libhaat_a_SOURCES += \
	src/invoices/credit.c \
	src/invoices/document.c \
	src/invoices/file.c src/invoices/file.h \
	src/invoices/list.c src/invoices/list.h \
	src/invoices/invoice.h src/invoices/invoices.h \
	src/invoices/issue.c \
	src/invoices/number.c \
	src/invoices/query.c src/invoices/query.h \
	src/invoices/routes.c \
	src/invoices/show.c

# haat-pdf is a program of its own: nothing else links what sets type.
sbin_PROGRAMS += src/haat-pdf
src_haat_pdf_SOURCES = src/haat-pdf.c src/invoices/draw.c src/invoices/draw.h
src_haat_pdf_CPPFLAGS = $(AM_CPPFLAGS) $(PANGOCAIRO_CFLAGS)
src_haat_pdf_LDADD = $(HAAT_LIBS) $(PANGOCAIRO_LIBS)
