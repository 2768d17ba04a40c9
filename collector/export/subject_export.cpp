#include "collector/export/subject_export.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "collector/export/limits.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/profile/decision_line.hpp"
#include "collector/profile/event_walk.hpp"
#include "collector/profile/suppression_check.hpp"
#include "collector/reading/consent_log.hpp"
#include "collector/reading/outbox_document.hpp"
#include "collector/reading/profile_document.hpp"
#include "collector/reading/suppression_document.hpp"
#include "collector/rejected/rejected_desk.hpp"

namespace desirepath::collector {
namespace {

std::string event_entry(const StoredEvent& event) {
  std::string json = "{\"receivedAt\":\"" + format_timestamp(event.received_at_ms) + "\",\"source\":";
  append_json_string(json, event.source);
  json += event.trust == Trust::proved ? ",\"trust\":\"proved\"" : ",\"trust\":\"claimed\"";
  return json + ",\"event\":" + event.json + '}';
}

}  // namespace

class SubjectExport::Parts {
 public:
  Parts(ProfileStore& store, ReplayEngines& engines, std::shared_ptr<const JourneySet> journeys,
        std::string who, std::int64_t now_ms)
      : store_(store),
        engines_(engines),
        journeys_(std::move(journeys)),
        who_(std::move(who)),
        now_ms_(now_ms) {}

  Result<void> begin();
  Result<bool> next(std::string& piece);

 private:
  enum class Part : std::uint8_t { head, documents, events, decisions, outbox, differing, rejected, done };

  std::string_view type() const { return std::string_view(who_).substr(0, who_.find(':')); }
  std::string_view value() const { return std::string_view(who_).substr(who_.find(':') + 1); }
  Result<void> find();
  Result<bool> is_known_otherwise();
  Result<void> add_documents(std::string& piece);
  Result<bool> add_events(std::string& piece);
  Result<bool> add_decisions(std::string& piece);
  Result<void> add_outbox(std::string& piece);
  Result<void> add_differing(std::string& piece);
  Result<void> add_rejected(std::string& piece);
  void open(std::string& piece, const char* name);
  void add(std::string& piece, std::string_view entry);
  void close(std::string& piece, Part next);

  ProfileStore& store_;
  ReplayEngines& engines_;
  std::shared_ptr<const JourneySet> journeys_;
  std::string who_;
  std::int64_t now_ms_;
  std::optional<ProfileSnapshot> snapshot_;
  std::optional<NodeId> profile_;
  std::string public_id_;
  std::vector<Identifier> identifiers_;
  std::vector<NodeId> members_;
  std::vector<StrandRecord> strands_;
  std::optional<EventWalk> walk_;
  std::int64_t decided_until_ms_ = INT64_MIN;
  Part part_ = Part::head;
  bool is_first_ = true;
};

Result<void> SubjectExport::Parts::begin() {
  const IdentifierRules& rules = journeys_->identifiers;
  const bool is_named = who_.find(':') != std::string::npos && !value().empty();
  if (!is_named || (type() != "profile" && rules.find(type()) == nullptr)) {
    return failure(ErrorCode::bad_request,
                   "'" + who_ + "' is no TYPE:VALUE; types are " + rules.types() + ", profile", "id");
  }
  auto snapshot = store_.snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  snapshot_.emplace(*std::move(snapshot));
  if (auto done = find(); !done) return done;
  if (profile_) return {};
  auto known = is_known_otherwise();
  if (!known) return tl::unexpected(known.error());
  if (*known) return {};
  return failure(
      ErrorCode::not_found,
      "nothing is known of " + who_ + ": it was never seen, or has been erased or let go for its age", "id");
}

Result<void> SubjectExport::Parts::find() {
  ProfileSession& session = **snapshot_;
  if (const auto asked = journeys_->identifiers.identify(type(), value())) identifiers_.push_back(*asked);
  auto profile = find_profile(session, type(), value());
  if (!profile && profile.error().code == ErrorCode::not_found) return {};
  if (!profile) return tl::unexpected(profile.error());
  profile_ = *profile;
  identifiers_.clear();
  auto members = session.identities().members(*profile);
  if (!members) return tl::unexpected(members.error());
  members_ = *std::move(members);
  for (const NodeId member : members_) {
    auto node = session.identities().node(member);
    if (!node) return tl::unexpected(node.error());
    identifiers_.push_back(node->node.identifier);
    if (member == *profile) public_id_ = public_id(node->node.identifier);
  }
  auto strands = strands_of_profile(session, *profile);
  if (!strands) return tl::unexpected(strands.error());
  strands_ = *std::move(strands);
  auto walk = EventWalk::begin(session, strands_, {.with_json = true});
  if (!walk) return tl::unexpected(walk.error());
  walk_.emplace(*std::move(walk));
  return {};
}

Result<bool> SubjectExport::Parts::is_known_otherwise() {
  ProfileSession& session = **snapshot_;
  for (const Identifier& identifier : identifiers_) {
    auto rejected = session.rejected().naming(identifier.value, 0, 1);
    if (!rejected) return tl::unexpected(rejected.error());
    const auto contact = contact_identifier(journeys_->identifiers, identifier.type, identifier.value);
    auto entries = session.suppressions().of(contact ? *contact : identifier);
    if (!entries) return tl::unexpected(entries.error());
    if (!rejected->empty() || !entries->empty()) return true;
  }
  return false;
}

Result<bool> SubjectExport::Parts::next(std::string& piece) {
  switch (part_) {
    case Part::head:
      piece += "{\"subject\":";
      append_json_string(piece, who_);
      piece += ",\"profile\":" + (profile_ ? '"' + public_id_ + '"' : std::string("null"));
      piece += ",\"exportedAt\":\"" + format_timestamp(now_ms_) + '"';
      part_ = Part::documents;
      return true;
    case Part::documents:
      if (auto done = add_documents(piece); !done) return tl::unexpected(done.error());
      part_ = Part::events;
      open(piece, ",\"events\":[");
      return true;
    case Part::events: {
      auto more = add_events(piece);
      if (!more || *more) return more;
      close(piece, Part::decisions);
      open(piece, ",\"decisions\":[");
      return true;
    }
    case Part::decisions: {
      auto more = add_decisions(piece);
      if (!more || *more) return more;
      close(piece, Part::outbox);
      return true;
    }
    case Part::outbox:
      open(piece, ",\"outbox\":[");
      if (auto done = add_outbox(piece); !done) return tl::unexpected(done.error());
      close(piece, Part::differing);
      return true;
    case Part::differing:
      open(piece, ",\"differingCopies\":[");
      if (auto done = add_differing(piece); !done) return tl::unexpected(done.error());
      close(piece, Part::rejected);
      return true;
    case Part::rejected:
      open(piece, ",\"rejected\":[");
      if (auto done = add_rejected(piece); !done) return tl::unexpected(done.error());
      close(piece, Part::done);
      piece += "}\n";
      return true;
    case Part::done: return false;
  }
  return false;
}

void SubjectExport::Parts::open(std::string& piece, const char* name) {
  piece += name;
  is_first_ = true;
}
void SubjectExport::Parts::add(std::string& piece, std::string_view entry) {
  piece += std::exchange(is_first_, false) ? "\n" : ",\n";
  piece += entry;
}
void SubjectExport::Parts::close(std::string& piece, Part next) {
  piece += ']';
  part_ = next;
}

Result<void> SubjectExport::Parts::add_documents(std::string& piece) {
  if (!profile_) {
    std::vector<Suppression> all;
    for (const Identifier& identifier : identifiers_) {
      const auto contact = contact_identifier(journeys_->identifiers, identifier.type, identifier.value);
      auto found = (*snapshot_)->suppressions().of(contact ? *contact : identifier);
      if (!found) return tl::unexpected(found.error());
      all.insert(all.end(), found->begin(), found->end());
    }
    piece += ",\"document\":null,\"history\":null,\"ledger\":null,\"consent\":{\"suppressions\":" +
             suppressions_json(all) + '}';
    return {};
  }
  auto document = profile_json(store_, engines_, "profile", public_id_, now_ms_);
  if (!document) return tl::unexpected(document.error());
  piece += ",\"document\":" + *document;
  auto history = history_json(store_, engines_, "profile", public_id_, now_ms_, kSubjectHistoryMax);
  if (!history && history.error().code != ErrorCode::too_large) return tl::unexpected(history.error());
  piece += ",\"history\":" + (history ? *history : std::string("null"));
  auto ledger = ledger_json(store_, *journeys_, "profile", public_id_);
  if (!ledger) return tl::unexpected(ledger.error());
  piece += ",\"ledger\":" + *ledger;
  auto consent = consent_json(store_, *journeys_, "profile", public_id_, kSubjectHistoryMax);
  if (!consent) return tl::unexpected(consent.error());
  piece += ",\"consent\":" + *consent;
  return {};
}

Result<bool> SubjectExport::Parts::add_events(std::string& piece) {
  const std::size_t until = piece.size() + kExportPieceBytes;
  while (walk_ && piece.size() < until) {
    auto event = walk_->next();
    if (!event) return tl::unexpected(event.error());
    if (*event == nullptr) {
      walk_.reset();
      break;
    }
    add(piece, event_entry((*event)->event));
  }
  return walk_.has_value();
}

Result<bool> SubjectExport::Parts::add_decisions(std::string& piece) {
  if (!profile_) return false;
  auto page = (*snapshot_)->profiles().decisions_after(*profile_, decided_until_ms_, kSubjectRowsPerPiece);
  if (!page) return tl::unexpected(page.error());
  for (const DecisionRecord& decision : *page) {
    decided_until_ms_ = decision.time_ms;
    add(piece, decision_line(public_id_, decision));
  }
  return !page->empty();
}

Result<void> SubjectExport::Parts::add_outbox(std::string& piece) {
  for (const StrandRecord& strand : strands_) {
    auto stream = (*snapshot_)->identities().node(strand.stream);
    if (!stream) return tl::unexpected(stream.error());
    auto owner = (*snapshot_)->identities().node(strand.owner);
    if (!owner) return tl::unexpected(owner.error());
    auto rows =
        (*snapshot_)
            ->outbox()
            .of_person({public_id(stream->node.identifier), public_id(owner->node.identifier), strand.trust});
    if (!rows) return tl::unexpected(rows.error());
    for (const OutboxRow& row : *rows) {
      auto json = outbox_row_json(**snapshot_, row);
      if (!json) return tl::unexpected(json.error());
      add(piece, *json);
    }
  }
  return {};
}

Result<void> SubjectExport::Parts::add_differing(std::string& piece) {
  for (const NodeId member : members_) {
    auto copies = (*snapshot_)->strands().differing_of(member);
    if (!copies) return tl::unexpected(copies.error());
    for (const DifferingCopy& copy : *copies) {
      add(piece,
          "{\"receivedAt\":\"" + format_timestamp(copy.received_at_ms) + "\",\"event\":" + copy.json + '}');
    }
  }
  return {};
}

Result<void> SubjectExport::Parts::add_rejected(std::string& piece) {
  std::set<std::int64_t> told;
  for (const Identifier& identifier : identifiers_) {
    for (std::int64_t after = 0;;) {
      auto page = (*snapshot_)->rejected().naming(identifier.value, after, kSubjectRowsPerPiece);
      if (!page) return tl::unexpected(page.error());
      for (const RejectedRecord& record : *page) {
        if (told.insert(record.id).second) add(piece, rejected_json(record));
      }
      if (page->size() < kSubjectRowsPerPiece) break;
      after = page->back().id;
    }
  }
  return {};
}

SubjectExport::SubjectExport(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SubjectExport::~SubjectExport() = default;

Result<std::unique_ptr<SubjectExport>> SubjectExport::begin(ProfileStore& store, ReplayEngines& engines,
                                                            std::shared_ptr<const JourneySet> journeys,
                                                            const SubjectQuestion& question) {
  auto parts = std::make_unique<Parts>(store, engines, std::move(journeys), std::string(question.who),
                                       question.now_ms);
  if (auto begun = parts->begin(); !begun) return tl::unexpected(begun.error());
  return std::unique_ptr<SubjectExport>(new SubjectExport(std::move(parts)));
}

Result<bool> SubjectExport::next(std::string& piece) {
  return parts_->next(piece);
}

}  // namespace desirepath::collector
