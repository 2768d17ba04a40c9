#include <charconv>
#include <cstdio>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/open_directory.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/ops/allowed_origin.hpp"
#include "collector/ops/audit_log.hpp"
#include "collector/ops/data_directory.hpp"
#include "collector/ops/key_ring.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::size_t kShownCharacters = 8;

constexpr const char* kUsage =
    "usage: desirepath keys create --data DIR --kind write|secret|admin|viewer|identity [--source NAME] "
    "[--origin "
    "ORIGIN]...\n"
    "       desirepath keys list   --data DIR\n"
    "       desirepath keys revoke --data DIR ID\n\n"
    "A created key is printed once. Keys may be made and revoked while the directory is served; that counts "
    "within\n"
    "a second. To change a key: create the new one, change its users, revoke the old one.\n\n"
    "  write   public, in pages: appends, nothing else. With --origin https://shop.example (or\n"
    "          https://*.shop.example) only for pages from there\n"
    "  secret  a server's: appends as proved, reads, decides\n"
    "  viewer  reads, looks at the console\n"
    "  identity  signs identity tokens (JWT, HS256), with which a browser may sync its user's state\n"
    "  admin   reads and operates\n\n"
    "--source names where its events come from; without it, the kind does.\n";

// What was done is done; that it could not be recorded is an error all the same.
int recorded(const std::filesystem::path& data, const std::string& act, const std::string& on) {
  const auto done =
      AuditLog(DataDirectory::audit_of(data), wall_clock_ms).record({who_of_command_line(), act, on, "done"});
  return done ? 0 : fail("keys", "done, but not recorded: " + done.error().message);
}

int create(KeyRing& ring, const Arguments& arguments, const std::filesystem::path& data) {
  const std::string word = arguments.value_or("--kind", "");
  const auto kind = parse_key_kind(word);
  if (!kind) return fail("keys", "--kind must be write, secret, admin, viewer or identity");
  std::vector<std::string> origins;
  for (const std::string& text : arguments.values("--origin")) {
    auto origin = normalize_origin(text);
    if (!origin) return fail("keys", "--origin: " + origin.error().message);
    origins.push_back(std::move(*origin));
  }
  if (!origins.empty() && *kind != KeyKind::write) {
    return fail("keys", "--origin is for write keys; all others belong in no page");
  }
  const auto key = ring.create(*kind, arguments.value_or("--source", word), wall_clock_ms(), origins);
  if (!key) return fail("keys", key.error().message);
  std::printf("%s\n", key->c_str());
  return recorded(data, "keys create", word + " " + key->substr(0, kShownCharacters));
}

int list(KeyRing& ring) {
  const auto keys = ring.list();
  if (!keys) return fail("keys", keys.error().message);
  for (const KeyInfo& key : *keys) {
    std::string line =
        "{\"id\":" + std::to_string(key.id) + ",\"kind\":\"" + to_string(key.kind) + "\",\"source\":";
    append_json_string(line, key.source);
    line += key.kind == KeyKind::write ? ",\"key\":" : ",\"begins\":";
    append_json_string(line, key.shown);
    for (std::size_t i = 0; i < key.origins.size(); ++i) {
      line += i == 0 ? ",\"origins\":[" : ",";
      append_json_string(line, key.origins[i]);
    }
    if (!key.origins.empty()) line += ']';
    line += ",\"created\":\"" + format_timestamp(key.created_ms) + "\"";
    line += key.revoked ? ",\"revoked\":true}" : "}";
    std::printf("%s\n", line.c_str());
  }
  return 0;
}

int revoke(KeyRing& ring, const std::string& word, const std::filesystem::path& data) {
  std::int64_t id = 0;
  const auto parsed = std::from_chars(word.data(), word.data() + word.size(), id);
  if (parsed.ec != std::errc() || parsed.ptr != word.data() + word.size()) {
    return fail("keys", "'" + word + "' is no key's id; `desirepath keys list` tells them");
  }
  const auto revoked = ring.revoke(id);
  return revoked ? recorded(data, "keys revoke", "key " + word) : fail("keys", revoked.error().message);
}

}  // namespace

int keys_command(Words words) {
  constexpr OptionSpec kOptions[] = {
      {"--data"}, {"--kind"}, {"--source"}, {"--origin", true, true}, {"--help", false}};
  const auto arguments = Arguments::parse(words, kOptions);
  if (!arguments) return fail("keys", arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kUsage, stdout) < 0 ? 1 : 0;
  const auto& positionals = arguments->positionals();
  const std::string verb = positionals.empty() ? "" : positionals[0];
  const std::size_t expected = verb == "revoke" ? 2 : 1;
  if ((verb != "create" && verb != "list" && verb != "revoke") || positionals.size() != expected) {
    return fail("keys", "say `keys create`, `keys list` or `keys revoke ID`; --help tells more");
  }
  const std::filesystem::path data = arguments->value_or("--data", "");
  if (data.empty()) return fail("keys", "--data DIR is missing");
  std::error_code error;
  if (!std::filesystem::is_directory(data, error)) {
    return fail("keys", data.string() + " is no data directory; `desirepath serve` makes one");
  }
  auto ring = KeyRing::open(data / "keys.db");
  if (!ring) return fail("keys", ring.error().message);
  if (verb == "create") return create(**ring, *arguments, data);
  if (verb == "list") return list(**ring);
  return revoke(**ring, positionals[1], data);
}

}  // namespace desirepath::collector::cli
