// The HTTP client library. Nothing else includes httplib.h: its options are part of its code, and two ideas
// of them in one program would be none.
#pragma once

#define CPPHTTPLIB_TCP_NODELAY true

#include <httplib.h>
