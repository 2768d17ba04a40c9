#include <vector>

#include "collector/export/export_lines.hpp"
#include "collector/export/limits.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/profile/decision_line.hpp"
#include "collector/reading/outbox_document.hpp"

namespace desirepath::collector {
namespace {

std::string decision_cells(std::string_view profile, const DecisionRecord& decision, std::string_view status,
                           bool is_incremental) {
  CsvLine line;
  line.add(profile).add(format_timestamp(decision.time_ms)).add(decision.message_id).add(decision.trigger);
  line.add(decision.fired ? "fired" : "suppressed")
      .add(decision.reason)
      .add(decision.channel)
      .add(decision.slot);
  line.add(decision.treatment).add(decision.decision_id).add(std::to_string(decision.revision));
  line.add(decision.retracted ? "true" : "false");
  line.add(status);
  if (is_incremental) line.add("");
  return line.take();
}

// A decision that the condition leaves out, for who may have it under an earlier revision.
std::string left_row(const ExportScope& scope, std::string_view profile, const DecisionRecord& decision) {
  if (scope.format == ExportFormat::csv) {
    CsvLine line;
    line.add(profile).add("").add("").add("").add("").add("").add("").add(decision.slot).add("");
    return line.add(decision.decision_id)
        .add(std::to_string(decision.revision))
        .add("")
        .add("")
        .add("left")
        .take();
  }
  std::string line = "{\"profile\":";
  append_json_string(line, profile);
  line += ",\"decisionId\":";
  append_json_string(line, decision.decision_id);
  if (!decision.slot.empty()) {
    line += ",\"slot\":";
    append_json_string(line, decision.slot);
  }
  return line + ",\"revision\":" + std::to_string(decision.revision) + ",\"gone\":\"left\"}\n";
}

class DecisionLines final : public ExportLines {
 public:
  explicit DecisionLines(const ExportScope& scope) : scope_(scope) {}

  std::string_view heading() const override {
    return scope_.after
               ? "profile,timestamp,messageId,trigger,outcome,reason,channel,slot,treatment,decisionId,"
                 "revision,retracted,status,gone\r\n"
               : "profile,timestamp,messageId,trigger,outcome,reason,channel,slot,treatment,decisionId,"
                 "revision,retracted,status\r\n";
  }

  Result<void> open(ProfileSession&, const ProfileRows::Listed& profile) override {
    profile_ = profile;
    last_ms_ = INT64_MIN;
    return {};
  }

  Result<bool> append(ProfileSession& session, std::string& out) override {
    auto page = session.profiles().decisions_after(profile_.id, last_ms_, kExportDecisionsPage);
    if (!page) return tl::unexpected(page.error());
    for (const DecisionRecord& decision : *page) {
      last_ms_ = decision.time_ms;
      if (scope_.after && decision.position <= *scope_.after) continue;
      if (auto done = append_row(session, decision, out); !done) return tl::unexpected(done.error());
    }
    return !page->empty();
  }

  Result<void> renew(ProfileSession&) override { return {}; }
  Result<bool> append_rest(ProfileSession&, std::string&) override { return false; }

 private:
  // What became of a decision that was to be sent; empty for all others.
  Result<std::string> status_of(ProfileSession& session, const DecisionRecord& decision) {
    if (decision.channel == kWebChannel) return std::string{};
    auto row = outbox_row_of(session, profile_.id, decision.decision_id);
    if (!row) return tl::unexpected(row.error());
    return *row ? std::string(to_string((*row)->state)) : std::string{};
  }

  Result<void> append_row(ProfileSession& session, const DecisionRecord& decision, std::string& out) {
    auto status = status_of(session, decision);
    if (!status) return tl::unexpected(status.error());
    std::string line = decision_line(profile_.public_id, decision);
    if (!status->empty()) line.insert(line.size() - 1, ",\"status\":\"" + *status + '"');
    line += '\n';
    if (scope_.where) {
      auto holds = scope_.where->holds(line);
      if (!holds) return tl::unexpected(holds.error());
      if (!*holds) {
        if (scope_.after) out += left_row(scope_, profile_.public_id, decision);
        return {};
      }
    }
    out += scope_.format == ExportFormat::jsonl
               ? line
               : decision_cells(profile_.public_id, decision, *status, scope_.after.has_value());
    return {};
  }

  const ExportScope& scope_;
  ProfileRows::Listed profile_;
  std::int64_t last_ms_ = INT64_MIN;
};

}  // namespace

std::unique_ptr<ExportLines> decision_lines(const ExportScope& scope) {
  return std::make_unique<DecisionLines>(scope);
}

}  // namespace desirepath::collector
