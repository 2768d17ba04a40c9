// The HTTP library with this project's limits. Nothing else includes httplib.h: its limits are part of its
// code, and two ideas of them in one program would be none.
#pragma once

#define CPPHTTPLIB_REQUEST_URI_MAX_LENGTH 8192
#define CPPHTTPLIB_HEADER_MAX_LENGTH 8192
#define CPPHTTPLIB_HEADER_MAX_COUNT 100
#define CPPHTTPLIB_TCP_NODELAY true

#include <httplib.h>
