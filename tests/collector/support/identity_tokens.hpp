// Identity tokens as a site's server makes them.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>

#include "collector/http/url_text.hpp"

namespace desirepath::collector::tests {

inline std::string base64_bytes(const std::string& text) {
  return base64_decode(text).value();
}

inline std::string base64_url(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  text.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                                       reinterpret_cast<const unsigned char*>(bytes.data()),
                                                       static_cast<int>(bytes.size()))));
  while (!text.empty() && text.back() == '=') text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

inline std::string sign_token(const std::string& claims, const std::string& secret,
                              const std::string& header = R"({"alg":"HS256","typ":"JWT"})") {
  const std::string text = base64_url(header) + '.' + base64_url(claims);
  std::string signature(32, '\0');
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(signature.data()), &size);
  return text + '.' + base64_url(signature);
}

}  // namespace desirepath::collector::tests
