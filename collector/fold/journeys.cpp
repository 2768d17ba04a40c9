#include "collector/fold/journeys.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "collector/fold/journey_text.hpp"
#include "collector/identity/event_identity.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/profile/consent_book.hpp"
#include "collector/profile/profile_store.hpp"
#include "sdk/compiler/compile.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kHashDigits = 16;

std::string content_hash(const std::vector<std::uint8_t>& bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(bytes.data(), bytes.size(), digest.data());
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hash;
  for (std::size_t i = 0; i < kHashDigits / 2; ++i) {
    hash.push_back(kDigits[digest[i] >> 4]);
    hash.push_back(kDigits[digest[i] & 15]);
  }
  return hash;
}

IdentifierRule rule_of(const compiler::IdentifierDeclaration& declared) {
  IdentifierRule rule;
  rule.type = declared.type;
  rule.priority = declared.priority;
  rule.unique = declared.unique;
  rule.trusted_sources_only = declared.trusted_sources_only;
  rule.normalize = declared.lowercase ? Normalize::lowercase : Normalize::trim;
  rule.trait = declared.trait;
  rule.links_max = static_cast<std::size_t>(declared.links_max);
  return rule;
}

// One compiled text; empty, with its mistakes, where there are any. `identifiers` are what it declares.
std::optional<Journey> compiled(const JourneySource& source, std::vector<std::string>& mistakes,
                                std::vector<compiler::IdentifierDeclaration>& identifiers) {
  compiler::CompileResult result = compiler::compile_journey(source.text, source.file);
  for (const compiler::Diagnostic& diagnostic : result.diagnostics) {
    if (diagnostic.severity == compiler::Severity::error) mistakes.push_back(compiler::to_string(diagnostic));
  }
  if (!result.journey) return std::nullopt;
  compiler::CompiledJourney& parts = *result.journey;
  identifiers = std::move(parts.identifiers);
  Journey journey;
  journey.name = parts.name;
  journey.version = parts.version;
  journey.file = source.file;
  journey.source = source.text;
  journey.program_hash = content_hash(parts.program);
  journey.device_hash = content_hash(parts.device_program);
  journey.program = std::move(parts.program);
  journey.device_program = std::move(parts.device_program);
  const LoadedProgram loaded = Program::load(journey.program);
  if (loaded.error != ProgramError::none) {
    mistakes.push_back(source.file + ": error: its program does not load in this engine");
    return std::nullopt;
  }
  journey.view = loaded.program;
  return journey;
}

void add_journey(JourneySet& set, const JourneySource& source, std::vector<std::string>& mistakes) {
  std::vector<compiler::IdentifierDeclaration> identifiers;
  std::optional<Journey> journey = compiled(source, mistakes, identifiers);
  if (!journey) return;
  if (set.find(journey->name) != nullptr) {
    mistakes.push_back(source.file + ": error: another file already has the journey '" + journey->name + "'");
    return;
  }
  for (const compiler::IdentifierDeclaration& declared : identifiers) {
    if (auto done = set.identifiers.declare(rule_of(declared)); !done) {
      mistakes.push_back(source.file + ": error: " + done.error().message);
    }
  }
  set.journeys.push_back(std::move(*journey));
}

}  // namespace

const Journey* JourneySet::find(std::string_view name) const {
  const auto found = std::find_if(journeys.begin(), journeys.end(),
                                  [&](const Journey& journey) { return journey.name == name; });
  if (found != journeys.end()) return &*found;
  return name == "default" && !journeys.empty() ? &journeys.front() : nullptr;
}

const Journey* JourneySet::find_device_program(std::string_view device_hash) const {
  const auto found = std::find_if(journeys.begin(), journeys.end(),
                                  [&](const Journey& journey) { return journey.device_hash == device_hash; });
  return found == journeys.end() ? nullptr : &*found;
}

std::vector<std::string> JourneySet::audience_ids() const {
  std::vector<std::string> ids;
  for (const Journey& journey : journeys) {
    for (std::uint32_t i = 0; i < journey.view.audiences().size(); ++i) {
      ids.emplace_back(journey.view.string(journey.view.audiences()[i].id));
    }
  }
  return ids;
}

std::optional<Journey> compile_version(const JourneySource& source) {
  std::vector<std::string> mistakes;
  std::vector<compiler::IdentifierDeclaration> identifiers;
  return compiled(source, mistakes, identifiers);
}

Journeys::Journeys() : current_(std::make_shared<const JourneySet>()) {}

std::vector<std::string> Journeys::load(std::span<const std::filesystem::path> files) {
  std::vector<JourneySource> sources;
  std::vector<std::string> mistakes;
  for (const std::filesystem::path& file : files) {
    Result<std::string> text = read_journey_text(file.string());
    if (text) {
      sources.push_back({file.string(), std::move(*text)});
    } else {
      mistakes.push_back(text.error().message);
    }
  }
  if (mistakes.empty()) return load_sources(sources);
  JourneySet unused;
  for (const JourneySource& source : sources) add_journey(unused, source, mistakes);
  return mistakes;
}

std::vector<std::string> Journeys::load_sources(std::span<const JourneySource> sources) {
  auto set = std::make_shared<JourneySet>();
  std::vector<std::string> mistakes;
  for (const JourneySource& source : sources) add_journey(*set, source, mistakes);
  if (!mistakes.empty()) return mistakes;
  const std::lock_guard lock(mutex_);
  current_ = std::move(set);
  return {};
}

std::vector<std::string> Journeys::load_for(ProfileStore& store,
                                            std::span<const std::filesystem::path> files) {
  if (!files.empty()) return load(files);
  auto snapshot = store.snapshot();
  if (!snapshot) return {snapshot.error().message};
  auto facts = (*snapshot)->journeys();
  if (!facts) return {facts.error().message};
  std::vector<JourneySource> sources;
  for (JourneyFact& fact : *facts) sources.push_back({std::move(fact.file), std::move(fact.source)});
  return load_sources(sources);
}

std::shared_ptr<const JourneySet> Journeys::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

bool is_erased_event(const Tombstones& tombstones, const Journeys& journeys, const AcceptedEvent& event,
                     std::int64_t received_at_ms) {
  if (!tombstones.may_precede(event.timestamp_ms, received_at_ms)) return false;
  const auto tree = tagged_from_json(event.json);
  if (!tree) return false;
  const EventIdentity identity =
      identify_event(journeys.current()->identifiers, Value::read(tree->data()), event.message_id);
  return tombstones.covers(identity, event.timestamp_ms, received_at_ms);
}

bool is_denied_event(std::string_view category, const AcceptedEvent& event) {
  const auto tagged = tagged_from_json(event.json);
  if (!tagged) return false;
  const Value tree = Value::read(tagged->data());
  if (is_consent_act(tree)) return false;
  const std::vector<ConsentWord> words = consent_words(tree);
  return std::any_of(words.begin(), words.end(),
                     [&](const ConsentWord& word) { return word.category == category && !word.granted; });
}

}  // namespace desirepath::collector
