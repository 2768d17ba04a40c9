#include "sdk/engine/fact_name.hpp"

#include <cstring>
#include <iterator>

namespace desirepath {

using namespace format;

namespace {

constexpr std::string_view kOpWords[] = {"$and", "$or",     "$nor",   "$eq",        "$eq",  "$eq",
                                         "$ne",  "$gt",     "$gte",   "$lt",        "$lte", "$in",
                                         "$nin", "$exists", "$type",  "$veq",       "$vgt", "$vgte",
                                         "$vlt", "$vlte",   "$regex", "$elemMatch", "$size"};
static_assert(std::size(kOpWords) == static_cast<std::size_t>(Op::count_));

// By Subject: what stands before the id, or the whole name.
constexpr std::string_view kSubjectWords[] = {
    "",         "", "event",   "type",   "traits.",     "stage", "stage_age", "behaviors.", "audiences.", "",
    "consent.", "", "scores.", "tiers.", "propensity.", "",      "",          "",           "asked."};
static_assert(std::size(kSubjectWords) == static_cast<std::size_t>(Subject::count_));

constexpr std::string_view kSessionWords[] = {"session.number", "session.pages", "session.events",
                                              "session.age"};
static_assert(std::size(kSessionWords) == static_cast<std::size_t>(SessionField::count_));

constexpr std::string_view kContextWords[] = {"campaign.name",    "campaign.source",  "campaign.medium",
                                              "campaign.term",    "campaign.content", "campaign.click_id",
                                              "device.type",      "device.os",        "device.locale",
                                              "session.referrer", "session.landing",  "session.engaged"};
static_assert(std::size(kContextWords) == static_cast<std::size_t>(ContextField::count_));

constexpr std::string_view kNowWords[] = {"now.hour", "now.minute", "now.weekday",
                                          "now.day",  "now.month",  "now.year"};
static_assert(std::size(kNowWords) == static_cast<std::size_t>(NowField::count_));

constexpr std::string_view kIntentWords[] = {"session.intent", "session.intent_confidence"};
static_assert(std::size(kIntentWords) == static_cast<std::size_t>(IntentField::count_));

std::string_view id_of(const Program& program, const NodeRecord& node) noexcept {
  switch (static_cast<Subject>(node.subject)) {
    case Subject::fact: return program.string(program.facts()[node.index].path);
    case Subject::trait: return program.string(program.traits()[node.index].name);
    case Subject::behavior: return program.string(program.behaviors()[node.index].id);
    case Subject::audience: return program.string(program.audiences()[node.index].id);
    case Subject::session: return kSessionWords[node.index];
    case Subject::consent: return program.string(program.consents()[node.index].category);
    case Subject::score:
    case Subject::tier: return program.string(program.scores()[node.index].id);
    case Subject::propensity: return program.string(program.models()[node.index].id);
    case Subject::context: return kContextWords[node.index];
    case Subject::now: return kNowWords[node.index];
    case Subject::intent: return kIntentWords[node.index];
    case Subject::asked: return program.string(program.asks()[node.index].field);
    default: return {};
  }
}

class Writer {
 public:
  explicit Writer(std::span<char> to) : to_(to) {}

  void add(std::string_view text) noexcept {
    const std::size_t room = to_.size() - size_;
    const std::size_t size = text.size() < room ? text.size() : room;
    if (size != 0) std::memcpy(to_.data() + size_, text.data(), size);
    size_ += size;
  }
  std::size_t size() const noexcept { return size_; }

 private:
  std::span<char> to_;
  std::size_t size_ = 0;
};

}  // namespace

std::size_t write_fact_name(const Program& program, const NodeRecord& node, std::span<char> to) noexcept {
  Writer name(to);
  if (static_cast<Op>(node.op) <= Op::none_of) return 0;
  name.add(kSubjectWords[node.subject]);
  name.add(id_of(program, node));
  if (node.path != 0) {
    const Range keys = program.paths()[node.path - 1].keys;
    for (std::uint32_t i = keys.begin; i < keys.end; ++i) {
      if (name.size() != 0) name.add(".");
      name.add(program.string(program.list(i)));
    }
  }
  return name.size();
}

std::string_view to_string(Op op) noexcept {
  return kOpWords[static_cast<std::size_t>(op)];
}

}  // namespace desirepath
