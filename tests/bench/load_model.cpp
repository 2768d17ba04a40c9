#include "tests/bench/load_model.hpp"

#include <algorithm>
#include <cstdio>

#include "collector/ingest/timestamp.hpp"

namespace desirepath::bench {
namespace {

using collector::AcceptedEvent;

constexpr std::size_t kSentKept = 4'096;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr const char* kCategories[] = {"shoes", "packs", "camp", "layers", "maps"};

// How a session goes, event by event, again from the start where it is longer.
enum class Step { home, list, product, added, cart, ordered };
constexpr Step kPath[] = {Step::home, Step::list, Step::product, Step::product, Step::added,
                          Step::cart, Step::home, Step::product, Step::list,    Step::product};

std::string details(Step step, std::uint64_t number) {
  char text[400];
  const char* category = kCategories[number % 5];
  switch (step) {
    case Step::home:
      return R"("type":"page","name":"Home","properties":{"kind":"home","title":"Waymark Outfitters"})";
    case Step::list:
      std::snprintf(text, sizeof text,
                    R"("type":"page","name":"Shop","properties":{"kind":"list","category":"%s"})", category);
      return text;
    case Step::product:
      std::snprintf(
          text, sizeof text,
          R"("type":"track","event":"Product Viewed","properties":{"product_id":"sku-%llu","name":"Trail )"
          R"(shoe","category":"%s","price":119.5,"currency":"EUR","quantity":1,"coupon":null})",
          static_cast<unsigned long long>(number % 1000), category);
      return text;
    case Step::added:
      std::snprintf(
          text, sizeof text,
          R"("type":"track","event":"Product Added","properties":{"product_id":"sku-%llu","price":119.5})",
          static_cast<unsigned long long>(number % 1000));
      return text;
    case Step::cart:
      return R"("type":"track","event":"Cart Updated","properties":{"cart_value":119.5,"lines":1})";
    case Step::ordered:
      std::snprintf(
          text, sizeof text,
          R"("type":"track","event":"Order Completed","properties":{"order_id":"o-%llu","revenue":119.5})",
          static_cast<unsigned long long>(number));
      return text;
  }
  return {};
}

}  // namespace

LoadModel::LoadModel(const LoadOptions& options)
    : options_(options), ms_per_event_(1000 / options.events_per_second) {
  options_.active = std::min(options_.active, options_.profiles);
  for (std::size_t i = 0; i < options_.active; ++i) {
    active_.push_back(arrive());
    active_.back().left = 1 + random_() % active_.back().left;  // under way already
  }
}

LoadModel::Visitor LoadModel::arrive() {
  const std::size_t profile = random_() % options_.profiles;
  const std::size_t length = options_.session_events / 2 + random_() % (options_.session_events + 1);
  return {profile, std::max<std::size_t>(length, 1), 0, random_() % 5 == 0};
}

AcceptedEvent LoadModel::next() {
  made_ += 1;
  const double dice = static_cast<double>(random_() % 1'000'000) / 1'000'000;
  if (dice < options_.duplicates && !sent_.empty()) return sent_[random_() % sent_.size()];
  std::int64_t time_ms = now_ms();
  if (dice < options_.duplicates + options_.late) {
    time_ms -= kHourMs + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(4 * kHourMs));
  }
  AcceptedEvent event;
  if (options_.uniform) {
    Visitor anyone = arrive();
    event = event_of(anyone, time_ms);
  } else {
    Visitor& visitor = active_[random_() % active_.size()];
    event = event_of(visitor, time_ms);
    if (--visitor.left == 0) visitor = arrive();
  }
  if (sent_.size() < kSentKept) {
    sent_.push_back(event);
  } else {
    sent_[random_() % kSentKept] = event;
  }
  return event;
}

AcceptedEvent LoadModel::event_of(Visitor& visitor, std::int64_t time_ms) {
  const std::uint64_t number = number_++;
  char head[320];
  AcceptedEvent event;
  event.timestamp_ms = time_ms;
  std::snprintf(head, sizeof head, "0mwr%012llu-8f3k2j", static_cast<unsigned long long>(number));
  event.message_id = head;
  const auto profile = static_cast<unsigned long long>(visitor.profile);
  const bool signs_in = visitor.signs_in && visitor.seen == 4;
  const bool is_known = visitor.signs_in && visitor.seen >= 4;
  Step step = kPath[visitor.seen % std::size(kPath)];
  if (visitor.seen == 6 && visitor.profile % 4 == 0) step = Step::ordered;
  ++visitor.seen;

  std::string& json = event.json;
  json.reserve(640);
  json = '{';
  if (signs_in) {
    std::snprintf(
        head, sizeof head,
        R"("type":"identify","traits":{"email":"person%llu@example.com","first_name":"Ann","plan":"free"})",
        profile);
    json += head;
  } else {
    json += details(step, number);
  }
  json.append(R"(,"messageId":")").append(event.message_id).append(R"(","timestamp":")");
  json.append(collector::format_timestamp(time_ms)).append("\",");
  std::snprintf(head, sizeof head, R"("anonymousId":"8a4bb0c2-5f0e-4a6e-9d53-%012llx",)", profile);
  json += head;
  if (is_known) {
    std::snprintf(head, sizeof head, R"("userId":"person-%llu",)", profile);
    json += head;
  }
  std::snprintf(
      head, sizeof head,
      R"("context":{"page":{"url":"https://shop.example/p/%llu","path":"/p/%llu","title":"Trail shoe",)"
      R"("referrer":"https://shop.example/list"},"locale":"de-DE","utcOffset":120}})",
      static_cast<unsigned long long>(number % 500), static_cast<unsigned long long>(number % 500));
  json += head;
  return event;
}

}  // namespace desirepath::bench
