#include <algorithm>

#include "collector/export/export_lines.hpp"
#include "collector/export/limits.hpp"
#include "collector/identity/event_identity.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/reading/profile_line.hpp"
#include "collector/reading/profile_reading.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kColumns = 12;

std::string_view first_value(const std::vector<NamedIdentifier>& identifiers, std::string_view type) {
  const auto found = std::find_if(identifiers.begin(), identifiers.end(), [&](const NamedIdentifier& named) {
    return named.identifier.type == type;
  });
  return found == identifiers.end() ? std::string_view{} : found->identifier.value;
}

std::string profile_cells(std::string_view id, const ProfileRecord& profile, const ProfileReading& reading,
                          const std::vector<NamedIdentifier>& identifiers, bool is_incremental) {
  std::string audiences;
  for (const std::string& audience : reading.audiences)
    audiences += (audiences.empty() ? "" : " ") + audience;
  CsvLine line;
  line.add(id).add(first_value(identifiers, kUserIdType)).add(first_value(identifiers, kAnonymousIdType));
  line.add(reading.stage)
      .add(reading.stage.empty() ? std::string() : format_timestamp(reading.stage_since_ms));
  line.add(format_timestamp(profile.first_ms)).add(format_timestamp(profile.last_ms)).add(audiences);
  line.add(identifiers_json(identifiers))
      .add(traits_json(profile.traits))
      .add(values_json(reading.behaviors))
      .add(values_json(reading.scores));
  if (is_incremental) line.add("").add("");
  return line.take();
}

// A profile that is none any more, or that the condition leaves out.
std::string gone_row(const ExportScope& scope, std::string_view id, std::string_view how,
                     std::string_view into) {
  if (scope.format == ExportFormat::csv) {
    CsvLine line;
    line.add(id);
    for (std::size_t i = 1; i < kColumns; ++i) line.add("");
    return line.add(how).add(into).take();
  }
  std::string line = "{\"profile\":";
  append_json_string(line, id);
  line += ",\"gone\":\"" + std::string(how) + '"';
  if (!into.empty()) {
    line += ",\"into\":";
    append_json_string(line, into);
  }
  return line + "}\n";
}

class ProfileLines final : public ExportLines {
 public:
  explicit ProfileLines(const ExportScope& scope) : scope_(scope) {}

  std::string_view heading() const override {
    return scope_.after
               ? "profile,userId,anonymousId,stage,stageSince,firstSeen,lastSeen,audiences,identifiers,"
                 "traits,behaviors,scores,gone,into\r\n"
               : "profile,userId,anonymousId,stage,stageSince,firstSeen,lastSeen,audiences,identifiers,"
                 "traits,behaviors,scores\r\n";
  }

  Result<void> open(ProfileSession&, const ProfileRows::Listed& profile) override {
    profile_ = profile;
    return {};
  }

  Result<bool> append(ProfileSession& session, std::string& out) override {
    auto profile = session.profiles().load(profile_.id);
    if (!profile) return tl::unexpected(profile.error());
    if (!*profile) return false;
    auto identifiers = identifiers_of(session, scope_.journeys->identifiers, profile_.id);
    if (!identifiers) return tl::unexpected(identifiers.error());
    auto reading = read_profile(**profile, *scope_.journeys, (*profile)->last_ms);
    if (!reading) return tl::unexpected(reading.error());
    const std::string& id = profile_.public_id;
    std::string line = profile_line(id, **profile, *reading, *identifiers) + '\n';
    if (scope_.where) {
      auto holds = scope_.where->holds(line);
      if (!holds) return holds;
      if (!*holds) {
        if (scope_.after) out += gone_row(scope_, id, "left", {});
        return false;
      }
    }
    out += scope_.format == ExportFormat::jsonl
               ? line
               : profile_cells(id, **profile, *reading, *identifiers, scope_.after.has_value());
    return false;
  }

  Result<void> renew(ProfileSession&) override { return {}; }

  Result<bool> append_rest(ProfileSession& session, std::string& out) override {
    if (!scope_.after) return false;
    auto gone = session.profiles().gone(last_gone_, *scope_.after, kExportProfilesPage);
    if (!gone) return tl::unexpected(gone.error());
    for (const std::string& id : *gone) {
      last_gone_ = id;
      auto into = heir_of(session, id);
      if (!into) return tl::unexpected(into.error());
      out += gone_row(scope_, id, into->empty() ? "removed" : "merged", *into);
    }
    return !gone->empty();
  }

 private:
  // The id of the profile that has what was this one's; empty where there is none.
  static Result<std::string> heir_of(ProfileSession& session, const std::string& id) {
    auto node = session.identities().find_public(id);
    if (!node) return tl::unexpected(node.error());
    if (!*node) return std::string{};
    auto found = session.identities().node(**node);
    if (!found) return tl::unexpected(found.error());
    auto profile = session.profiles().load(found->profile);
    if (!profile) return tl::unexpected(profile.error());
    if (!*profile) return std::string{};
    auto strongest = session.identities().node(found->profile);
    if (!strongest) return tl::unexpected(strongest.error());
    return public_id(strongest->node.identifier);
  }

  const ExportScope& scope_;
  ProfileRows::Listed profile_;
  std::string last_gone_;
};

}  // namespace

std::unique_ptr<ExportLines> profile_lines(const ExportScope& scope) {
  return std::make_unique<ProfileLines>(scope);
}

}  // namespace desirepath::collector
