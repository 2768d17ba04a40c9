// The keys of a data directory: who may append, read, operate. Any thread; any number of processes.
//
// A key is high-entropy text; kept is its SHA-256, and the text of write keys, which are public, and of
// identity keys, because HMAC needs it. A key made or revoked by another process counts from the next second
// on.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"

namespace desirepath::collector {

class Connection;

enum class KeyKind : std::uint8_t {
  write,     // public, in pages: append, nothing else
  secret,    // a server's: append as proved, read, decide, import
  admin,     // the operator's
  viewer,    // reads, and looks at the console
  identity,  // signs identity tokens (identity_token.hpp), and opens no path
};

inline constexpr KeyKind kKeyKinds[] = {KeyKind::write, KeyKind::secret, KeyKind::admin, KeyKind::viewer,
                                        KeyKind::identity};

// A set of kinds.
class KeyKinds {
 public:
  constexpr KeyKinds() = default;
  constexpr KeyKinds(std::initializer_list<KeyKind> kinds) {
    for (const KeyKind kind : kinds) bits_ |= 1u << static_cast<unsigned>(kind);
  }
  constexpr bool has(KeyKind kind) const { return (bits_ >> static_cast<unsigned>(kind) & 1u) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  unsigned bits_ = 0;
};

const char* to_string(KeyKind kind) noexcept;
std::optional<KeyKind> parse_key_kind(std::string_view word) noexcept;

struct KeyInfo {
  std::int64_t id = 0;
  KeyKind kind = KeyKind::write;
  std::string source;  // what the key names; stored with every event that comes with it
  std::string shown;   // a write key's whole text, of others the first characters
  std::int64_t created_ms = 0;
  bool revoked = false;
  std::vector<std::string> origins{};  // pages that may use it (allowed_origin.hpp); empty: of any site
};

// What identity tokens are signed with.
struct IdentityKey {
  std::int64_t id = 0;
  std::string source;
  std::string secret;
};

class KeyRing {
 public:
  static Result<std::unique_ptr<KeyRing>> open(const std::filesystem::path& file);
  ~KeyRing();

  // A new key; the text is told here and never again (but for a write key). `origins` are normalised ones.
  Result<std::string> create(KeyKind kind, std::string_view source, std::int64_t now_ms,
                             const std::vector<std::string>& origins = {});
  // not_found where there is no such key.
  Result<void> revoke(std::int64_t id);
  // All, also the revoked ones, in the order of their making.
  Result<std::vector<KeyInfo>> list();

  // Reads the file anew now, without waiting for the second.
  Result<void> reload();

  // The identity keys that are not revoked.
  std::vector<IdentityKey> identity_keys();

  // Who this key is, none for a key that is unknown or revoked. Compared in constant time.
  std::optional<KeyInfo> find(std::string_view key);

 private:
  using Digest = std::array<std::uint8_t, 32>;
  struct ActiveKey {
    Digest digest;
    KeyInfo info;
    std::string secret;  // of an identity key
  };
  explicit KeyRing(std::unique_ptr<Connection> connection);
  Result<void> load();
  void refresh();

  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
  std::vector<ActiveKey> active_;
  std::int64_t data_version_ = 0;
  std::chrono::steady_clock::time_point checked_{};
};

}  // namespace desirepath::collector
