// The head of a request, read strictly: what two programs on a path could understand differently is refused.
//
// Refused are, beside what is no HTTP/1.x at all: line ends other than CR LF, folded lines, NUL and other
// control characters, white space before a colon, no Host or two, Content-Length that is no plain number or
// comes twice or with Transfer-Encoding, every Transfer-Encoding but "chunked", two of a header that is said
// once (Authorization, Origin and their like), bodies of GET and HEAD, POST without a length, and the
// absolute and authority forms of the target (this is no proxy).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace desirepath::collector {

// Views into the text it was read from.
struct RequestHead {
  std::string_view method;
  std::string_view target;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::uint64_t content_length = 0;
  bool is_chunked = false;
  bool keeps_alive = false;       // the client wants to go on with this connection
  bool expects_continue = false;  // it waits for "100 Continue" before it sends the body

  // The first header of this name in lower case; empty where there is none.
  std::string_view header(std::string_view name) const;
};

// A status of 400, 411, 414, 417 or 431; 0: it is read.
struct ReadHead {
  int refusal = 0;
  RequestHead head;
};

// `text` is the whole head with the empty line at its end.
ReadHead read_head(std::string_view text);

// Looks for the end of a head in what has come so far.
struct HeadScan {
  int refusal = 0;        // 400 or 431: whatever follows, this will be no head
  std::size_t begin = 0;  // of the request line, behind empty lines
  std::size_t end = 0;    // past the empty line; 0: more is to come
};
HeadScan scan_head(std::string_view text);

}  // namespace desirepath::collector
