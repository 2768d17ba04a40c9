#include <doctest/doctest.h>
#include <zlib.h>

#include <string>

#include "collector/ingest/decode_body.hpp"
#include "collector/ingest/limits.hpp"

using namespace desirepath::collector;

namespace {

std::string gzip(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(compressBound(text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

TEST_CASE("decode body: gzip by its header and by its first bytes, plain text as it is") {
  const std::string text = R"({"batch":[]})";
  CHECK(decode_body(text, "").value() == text);
  CHECK(decode_body(text, "identity").value() == text);
  CHECK(decode_body(gzip(text), "").value() == text);
  CHECK(decode_body(gzip(text), "gzip").value() == text);
  CHECK(decode_body("\xef\xbb\xbf{}", "").value() == "{}");
  CHECK(decode_body(gzip(""), "gzip").value().empty());
}

TEST_CASE("decode body: the limit is on both sides of gzip") {
  const std::string full(kBodyBytesMax, 'a');
  CHECK(decode_body(full, "").value().size() == kBodyBytesMax);
  CHECK(decode_body(gzip(full), "").value().size() == kBodyBytesMax);
  CHECK(decode_body(full + "a", "").error().code == ErrorCode::too_large);
  CHECK(decode_body(gzip(full + "a"), "").error().code == ErrorCode::too_large);
  const std::string bomb = gzip(std::string(200'000'000, '\0'));
  CHECK(bomb.size() < kBodyBytesMax);
  CHECK(decode_body(bomb, "gzip").error().code == ErrorCode::too_large);
}

TEST_CASE("decode body: what is not whole gzip is refused") {
  const std::string whole = gzip(std::string(5'000, 'x') + "end");
  for (std::size_t cut = 3; cut < whole.size(); ++cut) {
    CHECK(decode_body(whole.substr(0, cut), "").error().code == ErrorCode::bad_request);
  }
  CHECK(decode_body(whole + "x", "").error().code == ErrorCode::bad_request);
  CHECK(decode_body("{}", "gzip").error().code == ErrorCode::bad_request);
  CHECK(decode_body("{}", "br").error().field == "Content-Encoding");
  std::string changed = whole;
  changed[whole.size() - 6] = static_cast<char>(changed[whole.size() - 6] ^ 1);  // the checksum
  CHECK(decode_body(changed, "").error().code == ErrorCode::bad_request);
}
