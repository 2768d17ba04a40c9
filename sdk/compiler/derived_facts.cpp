#include "sdk/compiler/derived_facts.hpp"

#include <algorithm>
#include <iterator>

#include "sdk/engine/features.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

constexpr DerivedFact session(std::string_view word, SessionField field, bool is_duration = false) {
  return {word, Subject::session, static_cast<std::uint32_t>(field), is_duration};
}

constexpr DerivedFact context(std::string_view word, ContextField field, bool is_duration = false) {
  return {word, Subject::context, static_cast<std::uint32_t>(field), is_duration};
}

constexpr DerivedFact now(std::string_view word, NowField field) {
  return {word, Subject::now, static_cast<std::uint32_t>(field), false};
}

constexpr DerivedFact intent(std::string_view word, IntentField field) {
  return {word, Subject::intent, static_cast<std::uint32_t>(field), false};
}

constexpr DerivedFact kFacts[] = {
    session("session.number", SessionField::number),
    session("session.pages", SessionField::pages),
    session("session.events", SessionField::events),
    session("session.age", SessionField::age, true),
    context("session.engaged", ContextField::session_engaged, true),
    context("session.referrer", ContextField::session_referrer),
    context("session.landing", ContextField::session_landing),
    intent("session.intent", IntentField::intent),
    intent("session.intent_confidence", IntentField::confidence),
    context("campaign.name", ContextField::campaign_name),
    context("campaign.source", ContextField::campaign_source),
    context("campaign.medium", ContextField::campaign_medium),
    context("campaign.term", ContextField::campaign_term),
    context("campaign.content", ContextField::campaign_content),
    context("campaign.click_id", ContextField::click_id),
    context("device.type", ContextField::device_type),
    context("device.os", ContextField::device_os),
    context("device.locale", ContextField::device_locale),
    now("now.hour", NowField::hour),
    now("now.minute", NowField::minute),
    now("now.weekday", NowField::weekday),
    now("now.day", NowField::day),
    now("now.month", NowField::month),
    now("now.year", NowField::year),
};

void use_context(ProgramBuilder& builder, ContextField field) {
  builder.header.features |= kFeatureContext;
  builder.header.uses_context |= 1u << static_cast<std::uint32_t>(field);
  const auto read = [&](EngineFact fact, std::string_view key) {
    builder.engine_fact(fact, Root::context, key);
  };
  switch (field) {
    case ContextField::device_type:
      read(EngineFact::device, "device");
      read(EngineFact::screen, "screen");
      break;
    case ContextField::device_os: read(EngineFact::os, "os"); break;
    case ContextField::device_locale: read(EngineFact::locale, "locale"); break;
    case ContextField::session_engaged: builder.header.uses_session = 1; break;
    case ContextField::session_referrer:
    case ContextField::session_landing:
      builder.header.uses_session = 1;
      read(EngineFact::page, "page");
      break;
    default:
      read(EngineFact::campaign, "campaign");
      read(EngineFact::page, "page");
      break;
  }
}

std::string_view head_of(const DerivedFact& fact) {
  return fact.word.substr(0, fact.word.find('.'));
}

}  // namespace

const DerivedFact* find_derived_fact(std::string_view word) {
  const auto found = std::find_if(std::begin(kFacts), std::end(kFacts),
                                  [&](const DerivedFact& fact) { return fact.word == word; });
  return found == std::end(kFacts) ? nullptr : found;
}

const DerivedFact* find_derived_fact(Subject subject, std::uint32_t index) {
  const auto found = std::find_if(std::begin(kFacts), std::end(kFacts), [&](const DerivedFact& fact) {
    return fact.subject == subject && fact.index == index;
  });
  return found == std::end(kFacts) ? nullptr : found;
}

std::vector<std::string> derived_words(std::string_view head) {
  std::vector<std::string> words;
  for (const DerivedFact& fact : kFacts) {
    if (head_of(fact) == head) words.emplace_back(fact.word);
  }
  return words;
}

std::vector<std::string> derived_heads() {
  std::vector<std::string> heads;
  for (const DerivedFact& fact : kFacts) {
    if (heads.empty() || heads.back() != head_of(fact)) heads.emplace_back(head_of(fact));
  }
  return heads;
}

void use_derived_fact(ProgramBuilder& builder, const DerivedFact& fact) {
  switch (fact.subject) {
    case Subject::session: builder.header.uses_session = 1; break;
    case Subject::context: use_context(builder, static_cast<ContextField>(fact.index)); break;
    case Subject::now: use_local_time(builder); break;
    default: use_intent(builder); break;
  }
}

void use_local_time(ProgramBuilder& builder) {
  builder.header.features |= kFeatureLocalTime;
  builder.engine_fact(EngineFact::timezone, Root::context, "timezone");
  builder.engine_fact(EngineFact::utc_offset, Root::context, "utcOffset");
}

void use_intent(ProgramBuilder& builder) {
  builder.header.features |= kFeatureIntent;
  builder.header.uses_session = 1;
}

}  // namespace desirepath::compiler
