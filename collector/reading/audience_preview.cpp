#include "collector/reading/audience_preview.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "collector/ingest/tagged_json.hpp"
#include "collector/reading/limits.hpp"
#include "collector/reading/line_condition.hpp"
#include "collector/reading/profile_line.hpp"
#include "sdk/compiler/compile.hpp"
#include "sdk/engine/condition.hpp"

namespace desirepath::collector {
namespace {

using nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kProfilesPerPage = 200;
constexpr std::size_t kExcludedSample = 5;
constexpr double kIdsPerPrefix = 4294967296.0;  // of the first eight hex digits of a profile id

// One profile, as conditions see it.
struct Subject {
  std::string public_id;
  ProfileRecord record;
  std::string line;
  std::int64_t time_ms = 0;
};

using Holds = std::function<Result<bool>(const Subject&)>;

struct Part {
  std::string text;  // as a condition of its own
  Holds holds;
  std::uint64_t profiles = 0;
  std::uint64_t alone = 0;
  std::vector<std::string> sample;
};

struct Question {
  std::string text;
  Holds holds;
  std::vector<Part> parts;
};

Result<Holds> line_test(std::string_view text, const std::vector<std::string>& audiences) {
  auto compiled = LineCondition::compile(text, audiences);
  if (!compiled) return tl::unexpected(compiled.error());
  auto condition = std::make_shared<const LineCondition>(*std::move(compiled));
  return Holds([condition](const Subject& subject) { return condition->holds(subject.line); });
}

Result<Question> question_of_where(std::string_view where, const JourneySet& journeys) {
  const std::vector<std::string> audiences = journeys.audience_ids();
  Question question;
  auto whole = line_test(where, audiences);
  if (!whole) return tl::unexpected(whole.error());
  question.holds = *std::move(whole);
  const auto tagged = tagged_from_json(where);
  if (!tagged) return tl::unexpected(tagged.error());
  const Value document = Value::read(tagged->data());
  question.text = json_from_tagged(document);
  ValueCursor members(document);
  while (members.next()) {
    std::string text = "{";
    append_json_string(text, members.key());
    text += ':' + json_from_tagged(members.value()) + '}';
    auto part = line_test(text, audiences);
    if (!part) return tl::unexpected(part.error());
    question.parts.push_back({std::move(text), *std::move(part), 0, 0, {}});
  }
  return question;
}

// A journey with the parts of one of its audiences as audiences of their own.
struct PartedJourney {
  std::vector<std::uint8_t> bytes;
  Program program;
  std::string name;
};

Holds native_test(std::shared_ptr<const PartedJourney> journey, std::uint32_t when,
                  std::shared_ptr<const TimeZones> zones, const Journey& original) {
  return [journey = std::move(journey), when, zones = std::move(zones),
          &original](const Subject& subject) -> Result<bool> {
    const auto restored = restore_state(subject.record, original);
    if (!restored) return tl::unexpected(restored.error());
    const StepZones known = zones->of(journey->program, restored->state);
    return holds({journey->program, restored->state, nullptr, subject.time_ms, known}, when);
  };
}

std::optional<std::uint32_t> condition_of(const Program& program, std::string_view id) {
  for (std::uint32_t i = 0; i < program.audiences().size(); ++i) {
    if (program.string(program.audiences()[i].id) == id) return program.audiences()[i].when;
  }
  return std::nullopt;
}

Result<Question> question_of_audience(const Journey& journey, std::string_view id,
                                      const JourneySet& journeys) {
  ordered_json source = ordered_json::parse(journey.source, nullptr, false, true);
  ordered_json& audiences = source["audiences"];
  const ordered_json condition = audiences[std::string(id)];
  Question question;
  question.text = condition.dump();
  std::vector<std::string> names;
  for (const auto& [key, value] : condition.items()) {
    names.push_back("part " + std::to_string(names.size()) + " of " + std::string(id));
    audiences[names.back()] = ordered_json{{key, value}};
    question.parts.push_back({ordered_json{{key, value}}.dump(), {}, 0, 0, {}});
  }
  compiler::CompileResult result = compiler::compile_journey(source.dump(), journey.file);
  if (!result.journey) {
    return failure(ErrorCode::bad_journey, "the parts of this audience do not compile on their own");
  }
  auto parted = std::make_shared<PartedJourney>();
  parted->bytes = std::move(result.journey->program);
  parted->program = Program::load(parted->bytes).program;
  const auto whole = condition_of(parted->program, id);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto when = condition_of(parted->program, names[i]);
    if (when) question.parts[i].holds = native_test(parted, *when, journeys.zones, journey);
  }
  if (whole) question.holds = native_test(parted, *whole, journeys.zones, journey);
  return question;
}

// Where a look at profiles ended.
struct Reached {
  bool end = false;   // there are no more
  std::string after;  // the last one looked at; empty: none
};

// Calls `visit(subject)` for profiles after `after` by their ids until it says to stop, or the time is up.
template <typename Visit>
Result<Reached> for_each_subject(ProfileSession& session, const JourneySet& journeys, std::string after,
                                 std::int64_t now_ms, Clock::time_point until, Visit visit) {
  while (true) {
    auto page = session.profiles().list(after, 0, kProfilesPerPage);
    if (!page) return tl::unexpected(page.error());
    for (const ProfileRows::Listed& listed : *page) {
      if (Clock::now() >= until) return Reached{false, after};
      auto record = session.profiles().load(listed.id);
      if (!record) return tl::unexpected(record.error());
      after = listed.public_id;
      if (!*record) continue;
      Subject subject{listed.public_id, **std::move(record), {}, 0};
      subject.time_ms = std::max(now_ms, subject.record.last_ms);
      auto reading = read_profile(subject.record, journeys, subject.time_ms);
      if (!reading) return tl::unexpected(reading.error());
      auto identifiers = identifiers_of(session, journeys.identifiers, listed.id);
      if (!identifiers) return tl::unexpected(identifiers.error());
      subject.line = profile_line(listed.public_id, subject.record, *reading, *identifiers);
      auto more = visit(subject);
      if (!more) return tl::unexpected(more.error());
      if (!*more) return Reached{false, after};
    }
    if (page->size() < kProfilesPerPage) return Reached{true, after};
  }
}

// Notes which parts turn the subject away.
Result<void> note_exclusion(Question& question, const Subject& subject) {
  std::vector<Part*> against;
  for (Part& part : question.parts) {
    auto held = part.holds(subject);
    if (!held) return tl::unexpected(held.error());
    if (!*held) against.push_back(&part);
  }
  for (Part* part : against) {
    ++part->profiles;
    part->alone += against.size() == 1 ? 1 : 0;
    if (part->sample.size() < kExcludedSample) part->sample.push_back(subject.public_id);
  }
  return {};
}

std::string excluded_json(const Question& question) {
  std::string json = "[";
  for (const Part& part : question.parts) {
    if (json.size() > 1) json += ',';
    json += "{\"part\":" + part.text + ",\"profiles\":" + std::to_string(part.profiles) +
            ",\"alone\":" + std::to_string(part.alone) + ",\"sample\":" + list_json(part.sample) + '}';
  }
  return json + ']';
}

// Of all ids, the share up to this one.
double share_up_to(const std::string& public_id) {
  const double prefix = static_cast<double>(std::stoul(public_id.substr(0, 8), nullptr, 16));
  return (prefix + 1) / kIdsPerPrefix;
}

Result<std::string> preview(ProfileStore& store, const JourneySet& journeys, Question question,
                            std::int64_t now_ms, const PreviewLimits& limits) {
  auto session = store.snapshot();
  if (!session) return tl::unexpected(session.error());
  auto cursor = (*session)->cursor();
  if (!cursor) return tl::unexpected(cursor.error());
  std::uint64_t matched = 0;
  std::uint64_t scanned = 0;
  std::string sample;
  auto stopped = for_each_subject(**session, journeys, {}, now_ms, Clock::now() + limits.budget,
                                  [&](const Subject& subject) -> Result<bool> {
                                    ++scanned;
                                    auto held = question.holds(subject);
                                    if (!held) return held;
                                    if (*held) {
                                      if (matched < limits.sample)
                                        sample += (sample.empty() ? "" : ",") + subject.line;
                                      ++matched;
                                    } else if (auto done = note_exclusion(question, subject); !done) {
                                      return tl::unexpected(done.error());
                                    }
                                    return true;
                                  });
  if (!stopped) return tl::unexpected(stopped.error());
  const bool is_exact = stopped->end;
  double estimate = static_cast<double>(matched);
  if (!is_exact && !stopped->after.empty()) estimate /= share_up_to(stopped->after);
  return "{\"where\":" + question.text + ",\"matched\":" + std::to_string(matched) +
         ",\"scanned\":" + std::to_string(scanned) +
         ",\"estimate\":" + std::to_string(std::llround(estimate)) +
         ",\"exact\":" + (is_exact ? "true" : "false") + ",\"sample\":[" + sample +
         "],\"excluded\":" + excluded_json(question) + ",\"cursor\":\"" + std::to_string(*cursor) + "\"}";
}

}  // namespace

Result<std::string> preview_where(ProfileStore& store, const JourneySet& journeys, std::string_view where,
                                  std::int64_t now_ms, const PreviewLimits& limits) {
  auto question = question_of_where(where, journeys);
  if (!question) return tl::unexpected(question.error());
  return preview(store, journeys, *std::move(question), now_ms, limits);
}

Result<std::string> preview_audience(ProfileStore& store, const JourneySet& journeys, std::string_view id,
                                     std::int64_t now_ms, const PreviewLimits& limits) {
  for (const Journey& journey : journeys.journeys) {
    if (!condition_of(journey.view, id)) continue;
    auto question = question_of_audience(journey, id, journeys);
    if (!question) return tl::unexpected(question.error());
    return preview(store, journeys, *std::move(question), now_ms, limits);
  }
  return failure(ErrorCode::not_found, "no journey declares an audience '" + std::string(id) + "'");
}

Result<std::string> search_profiles(ProfileStore& store, const JourneySet& journeys, std::string_view where,
                                    std::string_view after, std::int64_t now_ms, std::size_t limit,
                                    std::chrono::milliseconds budget) {
  auto holds = line_test(where, journeys.audience_ids());
  if (!holds) return tl::unexpected(holds.error());
  auto session = store.snapshot();
  if (!session) return tl::unexpected(session.error());
  auto cursor = (*session)->cursor();
  if (!cursor) return tl::unexpected(cursor.error());
  std::string lines;
  std::size_t found = 0;
  std::uint64_t scanned = 0;
  auto stopped = for_each_subject(**session, journeys, std::string(after), now_ms, Clock::now() + budget,
                                  [&](const Subject& subject) -> Result<bool> {
                                    ++scanned;
                                    auto held = (*holds)(subject);
                                    if (!held) return held;
                                    if (*held) {
                                      lines += (lines.empty() ? "" : ",") + subject.line;
                                      ++found;
                                    }
                                    return found < limit;
                                  });
  if (!stopped) return tl::unexpected(stopped.error());
  std::string json = "{\"profiles\":[" + lines + "],\"next\":";
  json += stopped->end ? "null" : '"' + stopped->after + '"';
  return json + ",\"scanned\":" + std::to_string(scanned) + ",\"cursor\":\"" + std::to_string(*cursor) +
         "\"}";
}

}  // namespace desirepath::collector
