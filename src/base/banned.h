/*
 * banned.h: calls that this code base does without, refused by the compiler.
 *
 * Included in front of every file by the build.  The headers that declare the calls come first, since a poisoned name
 * may not even be declared.  What to use instead: text.h for building strings, shapes for numbers from outside.
 */
#ifndef BANNED_H
#define BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets atoi atol atoll atof localtime gmtime ctime asctime system popen

#endif
