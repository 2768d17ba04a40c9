#include "collector/ingest/decode_body.hpp"

#include <zlib.h>

#include <algorithm>
#include <memory>

#include "collector/ingest/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kReadAhead = 64;  // simdjson reads up to this far past the end
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

tl::unexpected<Error> too_large(std::size_t bytes_max) {
  return failure(ErrorCode::too_large,
                 "the body is larger than " + std::to_string(bytes_max) + " bytes; send smaller batches");
}

tl::unexpected<Error> not_gzip() {
  return failure(ErrorCode::bad_request, "the body is not whole gzip");
}

Result<std::string> inflate_gzip(std::string_view body, std::size_t bytes_max) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return failure(ErrorCode::storage, "out of memory");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
  std::string text;
  text.resize(std::min(bytes_max + 1, std::max<std::size_t>(body.size() * 6, 4'096)));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + stream.total_out);
    stream.avail_out = static_cast<uInt>(text.size() - stream.total_out);
    const int result = inflate(&stream, Z_NO_FLUSH);
    if (stream.total_out > bytes_max) return too_large(bytes_max);
    if (result == Z_STREAM_END) break;
    if (result != Z_OK || (stream.avail_out != 0 && stream.avail_in == 0)) return not_gzip();
    if (stream.avail_out == 0) text.resize(std::min(bytes_max + 1, text.size() * 2));
  }
  if (stream.avail_in != 0) return not_gzip();
  text.resize(stream.total_out);
  return text;
}

bool is_gzip(std::string_view body) {
  return body.size() >= 3 && body.starts_with("\x1f\x8b\x08");
}

}  // namespace

Result<std::string> decode_body(std::string_view body, std::string_view content_encoding,
                                std::size_t bytes_max) {
  const bool named_gzip = content_encoding == "gzip" || content_encoding == "x-gzip";
  if (!named_gzip && !content_encoding.empty() && content_encoding != "identity") {
    return failure(ErrorCode::bad_request, "this content encoding is not understood; send gzip or none",
                   "Content-Encoding");
  }
  if (body.size() > bytes_max) return too_large(bytes_max);
  std::string text;
  if (is_gzip(body)) {
    auto inflated = inflate_gzip(body, bytes_max);
    if (!inflated) return inflated;
    text = std::move(*inflated);
  } else if (named_gzip) {
    return not_gzip();
  } else {
    text.reserve(body.size() + kReadAhead);
    text = body;
  }
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  text.reserve(text.size() + kReadAhead);
  return text;
}

}  // namespace desirepath::collector
