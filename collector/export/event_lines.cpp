#include <algorithm>
#include <vector>

#include "collector/export/export_lines.hpp"
#include "collector/export/limits.hpp"
#include "collector/identity/event_identity.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/profile/event_walk.hpp"

namespace desirepath::collector {
namespace {

constexpr int kNobodyBuckets = 256;

std::string text_of(const Value& value) {
  if (value.is_string()) return std::string(value.text());
  return value.is_null() ? std::string() : json_from_tagged(value);
}

std::string event_cells(std::string_view profile, const StoredEvent& event) {
  const Value tree = event.value();
  CsvLine line;
  line.add(profile)
      .add(format_timestamp(event.timestamp_ms))
      .add(event.message_id)
      .add(text_of(tree.at("type")));
  line.add(text_of(tree.at("event"))).add(text_of(tree.at("userId"))).add(text_of(tree.at("anonymousId")));
  line.add(format_timestamp(event.received_at_ms)).add(event.source);
  line.add(event.trust == Trust::proved ? "proved" : "claimed");
  line.add(text_of(tree.at("properties"))).add(text_of(tree.at("traits"))).add(text_of(tree.at("context")));
  return line.take();
}

std::string event_row(ExportFormat format, std::string_view profile, const StoredEvent& event) {
  if (format == ExportFormat::csv) return event_cells(profile, event);
  // A line end in JSON is white space; inside texts it is escaped.
  std::string line = event.json;
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line + '\n';
}

// Which strands have been told: numbers that begin at 1 and leave few out.
class StrandSet {
 public:
  bool insert(StrandId id) {
    const auto at = static_cast<std::size_t>(id);
    if (at >= bits_.size()) bits_.resize(at + 1);
    if (bits_[at]) return false;
    bits_[at] = true;
    return true;
  }

 private:
  std::vector<bool> bits_;
};

class EventLines final : public ExportLines {
 public:
  explicit EventLines(const ExportScope& scope) : scope_(scope) {}

  std::string_view heading() const override {
    return "profile,timestamp,messageId,type,event,userId,anonymousId,receivedAt,source,trust,properties,"
           "traits,context\r\n";
  }

  Result<void> open(ProfileSession& session, const ProfileRows::Listed& profile) override {
    auto strands = strands_of_profile(session, profile.id);
    if (!strands) return tl::unexpected(strands.error());
    return open_strands(session, *strands, profile.public_id);
  }

  Result<bool> append(ProfileSession&, std::string& out) override {
    while (true) {
      auto next = walk_->next();
      if (!next) return tl::unexpected(next.error());
      if (*next == nullptr) break;
      const StoredEvent& event = (*next)->event;
      options_.after = (*next)->order;
      if (event.position > scope_.upto || (scope_.after && event.position <= *scope_.after)) continue;
      if (scope_.where && !scope_.where->holds(event.value())) continue;
      out += event_row(scope_.format, public_id_, event);
      return true;
    }
    walk_.reset();
    return false;
  }

  Result<void> renew(ProfileSession& session) override {
    is_renewed_ = true;
    return walk_ ? begin_walk(session) : Result<void>{};
  }

  Result<bool> append_rest(ProfileSession& session, std::string& out) override {
    if (walk_) {
      auto more = append(session, out);
      if (!more) return more;
      return true;
    }
    if (bucket_ < kNobodyBuckets) return open_nobody(session);
    // Strands whose profile has merged into one told already. Within one snapshot there are none.
    if (!is_renewed_) return false;
    auto strands = session.strands().after(last_strand_, 1);
    if (!strands) return tl::unexpected(strands.error());
    if (strands->empty()) return false;
    last_strand_ = strands->front().id;
    auto id = profile_of(session, strands->front());
    if (!id) return tl::unexpected(id.error());
    if (auto done = open_strands(session, *strands, *id); !done) return tl::unexpected(done.error());
    return true;
  }

 private:
  Result<void> open_strands(ProfileSession& session, const std::vector<StrandRecord>& strands,
                            const std::string& public_id) {
    public_id_ = public_id;
    strands_.clear();
    for (const StrandRecord& strand : strands) {
      if (told_.insert(strand.id)) strands_.push_back(strand);
    }
    options_ = {true, scope_.after.value_or(0), {}};
    return begin_walk(session);
  }

  Result<void> begin_walk(ProfileSession& session) {
    auto walk = EventWalk::begin(session, strands_, options_);
    if (!walk) return tl::unexpected(walk.error());
    walk_.emplace(*std::move(walk));
    return {};
  }

  // Takes up the next bucket of events that name nobody.
  Result<bool> open_nobody(ProfileSession& session) {
    constexpr char kDigits[] = "0123456789abcdef";
    const int bucket = bucket_++;
    auto node =
        session.identities().find({std::string(kNobodyType), {kDigits[bucket >> 4], kDigits[bucket & 15]}});
    if (!node) return tl::unexpected(node.error());
    if (!*node) return true;
    if (auto done = open(session, {**node, {}}); !done) return tl::unexpected(done.error());
    return true;
  }

  // The id of the strand's profile.
  static Result<std::string> profile_of(ProfileSession& session, const StrandRecord& strand) {
    auto profile = profile_of_strand(session, strand);
    if (!profile) return tl::unexpected(profile.error());
    auto strongest = session.identities().node(*profile);
    if (!strongest) return tl::unexpected(strongest.error());
    return public_id(strongest->node.identifier);
  }

  const ExportScope& scope_;
  StrandSet told_;
  std::string public_id_;
  std::vector<StrandRecord> strands_;
  EventWalkOptions options_;
  std::optional<EventWalk> walk_;
  bool is_renewed_ = false;
  int bucket_ = 0;
  StrandId last_strand_ = 0;
};

}  // namespace

std::unique_ptr<ExportLines> event_lines(const ExportScope& scope) {
  return std::make_unique<EventLines>(scope);
}

}  // namespace desirepath::collector
