#include "sdk/engine/context.hpp"

#include <doctest/doctest.h>

#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

using format::ContextField;

// A journey whose one audience names the facts.
std::string naming(const std::string& facts) {
  std::string condition;
  for (std::size_t at = 0; at < facts.size();) {
    const std::size_t end = std::min(facts.find(' ', at), facts.size());
    if (!condition.empty()) condition += ',';
    condition += '"' + facts.substr(at, end - at) + R"(":{"$exists":true})";
    at = end + 1;
  }
  return R"("audiences":{"a":{)" + condition + "}}";
}

std::string text(Profile& profile, ContextField field) {
  const Value value = context_value(profile.state(), field);
  return value.is_string() ? std::string(value.text()) : value.is_missing() ? "-" : "?";
}

std::string campaign(Profile& profile) {
  std::string all;
  for (const ContextField field :
       {ContextField::campaign_name, ContextField::campaign_source, ContextField::campaign_medium,
        ContextField::campaign_term, ContextField::campaign_content, ContextField::click_id}) {
    if (!all.empty()) all += ' ';
    all += text(profile, field);
  }
  return all;
}

constexpr const char* kCampaignFacts =
    "campaign.name campaign.source campaign.medium campaign.term campaign.content campaign.click_id";

std::string page(const std::string& url, const std::string& referrer = "") {
  return R"({"page":{"url":")" + url + R"(","referrer":")" + referrer + R"("}})";
}

}  // namespace

TEST_CASE("a campaign is read from the address of the page") {
  Profile profile(naming(kCampaignFacts));
  CHECK(campaign(profile) == "- - - - - -");
  profile.page_in(kStart, "1",
                  page("https://shop.example/?utm_source=news&utm_campaign=spring+sale%21&gclid=1"));
  CHECK(campaign(profile) == "spring sale! news - - - gclid");
  profile.page_in(kStart + 1, "2", page("https://shop.example/shoes?q=1"));
  CHECK(campaign(profile) == "spring sale! news - - - gclid");
  profile.page_in(kStart + 2, "3",
                  page("https://shop.example/?utm_medium=email&utm_term=&utm_content=a&msclkid="));
  CHECK(campaign(profile) == "- - email - a gclid");
}

TEST_CASE("of a repeated parameter the first that says something counts") {
  Profile profile(naming(kCampaignFacts));
  profile.page_in(
      kStart, "1",
      page("https://shop.example/?utm_source=&utm_source=b&utm_source=c&fbclid=&ttclid=1&gclid=2"));
  CHECK(campaign(profile) == "- b - - - ttclid");
}

TEST_CASE("what the sender says of the campaign comes before its address") {
  Profile profile(naming(kCampaignFacts));
  profile.track_in(
      kStart, "1", "E",
      R"({"campaign":{"name":"n","source":5},"page":{"url":"https://x.example/?utm_source=s"}})");
  CHECK(campaign(profile) == "n - - - - -");
  profile.track_in(
      kStart + 1, "2", "E",
      R"({"campaign":{"source":"","other":"x"},"page":{"url":"https://x.example/?utm_source=s"}})");
  CHECK(campaign(profile) == "- s - - - -");
  profile.track_in(kStart + 2, "3", "E", R"({"campaign":"spring"})");
  CHECK(campaign(profile) == "- s - - - -");
}

TEST_CASE("long and broken addresses keep what fits") {
  Profile profile(naming(kCampaignFacts));
  const std::string long_name(50'000, 'n');
  profile.page_in(kStart, "1", page("https://x.example/?utm_campaign=" + long_name + "&utm_source=caf%e9"));
  CHECK(text(profile, ContextField::campaign_name) == std::string(kStateValueBytesMax, 'n'));
  CHECK(text(profile, ContextField::campaign_source) == "caf%e9");
  std::string parameters = "https://x.example/?";
  for (int i = 0; i < 3000; ++i) parameters += "utm_" + std::to_string(i) + "=&utm_&=&";
  profile.page_in(kStart + 1, "2", page(parameters + "utm_term=last"));
  CHECK(campaign(profile) == "- - - last - -");
  CHECK(profile.last_error == StepError::none);
  CHECK(profile.state().bytes().size() <= profile.program().header().state_bytes_max);
}

TEST_CASE("a device is what its events say last, else what its screen tells") {
  Profile profile(naming("device.type device.os device.locale"));
  const auto type_of = [&](const std::string& context) {
    static int count = 0;
    profile.track_in(kStart + count, std::to_string(count), "E", context);
    ++count;
    return text(profile, ContextField::device_type);
  };
  CHECK(type_of(R"({})") == "-");
  CHECK(type_of(R"({"screen":{"width":767.5}})") == "mobile");
  CHECK(type_of(R"({"screen":{"width":768}})") == "tablet");
  CHECK(type_of(R"({"screen":{"width":1023}})") == "tablet");
  CHECK(type_of(R"({"screen":{"width":1024}})") == "desktop");
  CHECK(type_of(R"({"screen":{"width":0}})") == "desktop");
  CHECK(type_of(R"({"screen":{"width":"300"}})") == "desktop");
  CHECK(type_of(R"({"screen":{"width":300},"device":{"type":"console"}})") == "console");
  CHECK(type_of(R"({"device":{"type":""},"os":{"name":"ios"},"locale":"de-AT"})") == "console");
  CHECK(text(profile, ContextField::device_os) == "ios");
  CHECK(text(profile, ContextField::device_locale) == "de-AT");
}

TEST_CASE("a session knows where it landed, where it came from and how long it was engaged") {
  Profile profile(naming("session.landing session.referrer session.engaged"));
  const auto engaged = [&] {
    const Value value = context_value(profile.state(), ContextField::session_engaged);
    return value.is_number() ? value.number() : -1;
  };
  profile.track_in(kStart, "1", "E", "{}");
  CHECK(text(profile, ContextField::session_landing) == "-");
  CHECK(text(profile, ContextField::session_referrer) == "-");
  CHECK(engaged() == 0);
  profile.page_in(kStart + 10'000, "2", page("https://shop.example/shoes?x=1", "https://www.google.de/"));
  CHECK(text(profile, ContextField::session_landing) == "/shoes");
  CHECK(text(profile, ContextField::session_referrer) == "search");
  CHECK(engaged() == 10'000);
  profile.page_in(kStart + 15 * kMinute, "3", page("https://shop.example/cart", "https://t.co/"));
  CHECK(text(profile, ContextField::session_landing) == "/shoes");
  CHECK(text(profile, ContextField::session_referrer) == "search");
  CHECK(engaged() == 70'000);
  profile.track_in(kStart + 2 * kHour, "4", "E", R"({"page":{"path":"/mail"}})");
  CHECK(text(profile, ContextField::session_landing) == "/mail");
  CHECK(text(profile, ContextField::session_referrer) == "direct");
  CHECK(engaged() == 0);
}

TEST_CASE("a state keeps only what its program names") {
  const compiler::CompiledJourney one = compile(naming("campaign.source"));
  const compiler::CompiledJourney none = compile(R"("audiences":{"a":{"stage_age":{"$exists":true}}})");
  const Program program = Program::load(one.program).program;
  const Program plain = Program::load(none.program).program;
  CHECK(program.header().state_bytes_max ==
        plain.header().state_bytes_max + State::kRecordHeadBytes + kStateValueBytesMax);
  CHECK((program.header().features & kFeatureContext) != 0);
  CHECK((plain.header().features & kFeatureContext) == 0);
  Profile profile(naming("campaign.source"));
  profile.page_in(kStart, "1", page("https://x.example/?utm_source=s&utm_campaign=c&gclid=1"));
  CHECK(campaign(profile) == "- s - - - -");
}

TEST_CASE("conditions read the context at the same event") {
  Profile profile(
      R"("triggers":[{"id":"t","event":"page","when":{"campaign.source":"news","device.type":"mobile",
    "session.referrer":{"$in":["mail","search"]},"session.engaged":{"$lt":"1m"}},
    "do":[{"channel":"web","slot":"hero"}]}])");
  CHECK(profile.page_in(
            kStart, "1",
            R"({"page":{"url":"https://x.example/?utm_source=news","referrer":"https://mail.x.test/"},
                            "screen":{"width":390}})") == "t:fired");
  CHECK(profile.page_in(kStart + 2 * kHour, "2", R"({"page":{"url":"https://x.example/"}})") == "");
}
