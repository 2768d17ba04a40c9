#include "collector/rejected/rejected_desk.hpp"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <set>

#include "collector/ingest/json_check.hpp"
#include "collector/ingest/raw_json.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/rejected/limits.hpp"
#include "sdk/engine/utf8.hpp"

namespace desirepath::collector {
namespace {

std::mutex& desk_mutex() {
  static std::mutex mutex;
  return mutex;
}

Result<std::vector<RejectedRecord>> records_of(ProfileStore& profiles, const std::vector<std::int64_t>& ids) {
  auto snapshot = profiles.snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  std::vector<RejectedRecord> records;
  for (const std::int64_t id : ids) {
    auto found = (*snapshot)->rejected().find(id);
    if (!found) return tl::unexpected(found.error());
    if (*found) records.push_back(**std::move(found));
  }
  return records;
}

bool came_together(const RejectedRecord& one, const RejectedRecord& other) {
  return one.received_at_ms == other.received_at_ms && one.source == other.source && one.trust == other.trust;
}

void add_text(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out.append(",\"").append(name).append("\":");
  append_json_string(out, text);
}

// What is no UTF-8 is shown as U+FFFD.
std::string readable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character next = read_character(text);
    const bool stray = next.bytes == 1 && next.code_point > 0x7f;
    out.append(stray ? std::string_view("\xef\xbf\xbd") : text.substr(0, next.bytes));
    text.remove_prefix(next.bytes);
  }
  return out;
}

}  // namespace

RejectedDesk::RejectedDesk(Journal& journal, Ingest& ingest, ProfileStore& profiles,
                           std::function<Result<void>()> catch_up, std::function<std::int64_t()> now_ms)
    : journal_(journal),
      ingest_(ingest),
      profiles_(profiles),
      catch_up_(std::move(catch_up)),
      now_ms_(std::move(now_ms)) {}

Result<ReplayAnswer> RejectedDesk::replay(const std::vector<ReplayWish>& wishes) {
  if (wishes.size() > kReplaysMax) {
    return failure(ErrorCode::bad_request,
                   "at most " + std::to_string(kReplaysMax) + " events are replayed at a time");
  }
  const std::lock_guard lock(desk_mutex());
  // What was replayed a moment ago is marked by now.
  if (auto seen = catch_up_(); !seen) return tl::unexpected(seen.error());
  ReplayAnswer answer;
  answer.cursor = journal_.head();
  std::vector<std::int64_t> ids;
  std::vector<ReplayWish> kept;
  std::set<std::int64_t> met;
  for (const ReplayWish& wish : wishes) {
    if (!met.insert(wish.id).second) continue;
    ids.push_back(wish.id);
    kept.push_back(wish);
  }
  auto records = records_of(profiles_, ids);
  if (!records) return tl::unexpected(records.error());
  std::erase_if(*records, [](const RejectedRecord& record) { return record.mark.has_value(); });
  std::erase_if(kept, [&](const ReplayWish& wish) {
    const bool there = std::any_of(records->begin(), records->end(),
                                   [&](const RejectedRecord& record) { return record.id == wish.id; });
    if (!there) answer.skipped.push_back(wish.id);
    return !there;
  });
  for (std::size_t begin = 0, end = 0; begin < records->size(); begin = end) {
    while (end < records->size() && came_together((*records)[begin], (*records)[end])) ++end;
    if (auto done = replay_group(*records, kept, begin, end, answer); !done)
      return tl::unexpected(done.error());
  }
  return answer;
}

Result<void> RejectedDesk::replay_group(const std::vector<RejectedRecord>& records,
                                        const std::vector<ReplayWish>& wishes, std::size_t begin,
                                        std::size_t end, ReplayAnswer& answer) {
  std::vector<RejectedAgain> events;
  for (std::size_t i = begin; i < end; ++i) {
    const std::string& json = wishes[i].json.empty() ? records[i].event.json : wishes[i].json;
    events.push_back({records[i].id, records[i].event.message_id, json});
  }
  Sender sender;
  sender.source = records[begin].source;
  sender.trust = records[begin].trust;
  auto accepted = ingest_.accept_again(events, sender, records[begin].received_at_ms);
  if (!accepted) return tl::unexpected(accepted.error());
  answer.cursor = std::max(answer.cursor, accepted->cursor);
  std::set<std::size_t> refused;
  for (Rejection& rejection : accepted->rejected) {
    refused.insert(rejection.index);
    answer.rejected.push_back({events[rejection.index].id, std::move(rejection)});
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!refused.contains(i)) answer.replayed.push_back(events[i].id);
  }
  return {};
}

Result<std::size_t> RejectedDesk::discard(const std::vector<std::int64_t>& ids) {
  const std::lock_guard lock(desk_mutex());
  if (auto seen = catch_up_(); !seen) return tl::unexpected(seen.error());
  const auto records = records_of(profiles_, ids);
  if (!records) return tl::unexpected(records.error());
  AcceptedBatch batch;
  batch.received_at_ms = now_ms_();
  for (const RejectedRecord& record : *records) {
    batch.marks.push_back({record.id, RejectedMark::Fate::discarded, batch.received_at_ms});
  }
  if (auto done = journal_.append(batch); !done) return tl::unexpected(done.error());
  if (auto done = catch_up_(); !done) return tl::unexpected(done.error());
  return batch.marks.size();
}

std::string rejected_json(const RejectedRecord& record) {
  std::string out = "{\"id\":" + std::to_string(record.id);
  add_text(out, "receivedAt", format_timestamp(record.received_at_ms));
  add_text(out, "source", record.source);
  add_text(out, "trust", record.trust == Trust::proved ? "proved" : "claimed");
  add_text(out, "code", record.event.code);
  add_text(out, "message", readable(record.event.message));
  add_text(out, "field", readable(record.event.field));
  add_text(out, "name", record.event.event);
  add_text(out, "messageId", record.event.message_id);
  if (record.mark) add_text(out, "replayedAt", format_timestamp(record.mark->at_ms));
  if (is_plain_json(record.event.json)) {
    std::string json = record.event.json;
    std::replace_if(
        json.begin(), json.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
    out.append(",\"event\":").append(json);
  } else {
    out += ",\"text\":";
    append_json_string(out, readable(record.event.json));
  }
  return out + '}';
}

Result<ReplayWish> replay_wish(const std::string& json) {
  const auto object = is_plain_json(json) ? cut_object(json) : std::nullopt;
  if (!object) return failure(ErrorCode::not_json, "a mended event is an object {\"id\":…,\"event\":{…}}");
  const RawMember* id = object->find("id");
  const RawMember* event = object->find("event");
  ReplayWish wish;
  if (id != nullptr) {
    const char* end = id->value.data() + id->value.size();
    const auto parsed = std::from_chars(id->value.data(), end, wish.id);
    if (parsed.ec != std::errc() || parsed.ptr != end) wish.id = 0;
  }
  if (wish.id <= 0)
    return failure(ErrorCode::bad_request, "'id' must be the number of a rejected event", "id");
  if (event == nullptr || !cut_object(event->value)) {
    return failure(ErrorCode::bad_request, "'event' must be the mended event, an object", "event");
  }
  wish.json = event->value;
  return wish;
}

}  // namespace desirepath::collector
