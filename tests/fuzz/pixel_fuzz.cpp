// Any text as the query of the pixel, and, quoted as base64, as its event: one event or none.
#include <string>

#include "collector/http/pixel_batch.hpp"
#include "collector/http/url_text.hpp"
#include "collector/ingest/envelope.hpp"
#include "collector/ingest/limits.hpp"
#include "tests/fuzz/accepted.hpp"

using namespace desirepath;
using namespace desirepath::collector;

namespace {

std::string base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    buffer = buffer << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) text += kDigits[buffer >> (bits - 6) & 63];
  }
  if (bits > 0) text += kDigits[buffer << (6 - bits) & 63];
  return text;
}

void check(std::string_view query) {
  const auto batch = pixel_batch(query, kBodyBytesMax);
  if (!batch) return fuzz::require(!batch.error().message.empty(), "a refusal says why");
  const auto envelope = open_envelope(*batch, std::nullopt);
  fuzz::require(envelope.has_value(), "a pixel is a batch");
  fuzz::require(envelope->events.size() == 1, "of one event");
  fuzz::require(envelope->shared.anonymous_id.empty() && envelope->shared.user_id.empty(),
                "and nothing beside it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check(text);
  check("data=" + base64(text));
  const std::string encoded = base64(text);
  fuzz::require(base64_decode(encoded) == text, "base64 there and back is the same");
  const auto plain = percent_decode(text);
  if (plain) fuzz::require(plain->size() <= text.size(), "decoding makes nothing longer");
  return 0;
}
