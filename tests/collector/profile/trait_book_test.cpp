#include "collector/profile/trait_book.hpp"

#include <doctest/doctest.h>

#include <string>

#include "collector/ingest/tagged_json.hpp"
#include "collector/profile/limits.hpp"
#include "collector/reading/profile_reading.hpp"

using namespace desirepath::collector;

namespace {

void say(TraitBook& book, const std::string& traits, std::int64_t time_ms, Trust trust = Trust::claimed) {
  StoredEvent event;
  event.timestamp_ms = time_ms;
  event.source = trust == Trust::proved ? "server" : "web";
  event.trust = trust;
  event.tree = *tagged_from_json(traits);
  book.add(event, event.value(), [](std::string_view) { return false; });
}

}  // namespace

TEST_CASE("the latest value wins and others are kept, each once") {
  TraitBook book;
  say(book, R"({"plan":"free","city":"Bern"})", 1);
  say(book, R"({"plan":"gold"})", 2);
  say(book, R"({"plan":"free"})", 3);
  CHECK(traits_json(book) == R"({"city":"Bern","plan":"free"})");
  const TraitRecord& plan = book.all().at("plan");
  REQUIRE(plan.values.size() == 2);
  CHECK(plan.chosen()->timestamp_ms == 3);
  CHECK(plan.rule() == std::string("latest"));
}

TEST_CASE("a proved value stays before later claims; null removes") {
  TraitBook book;
  say(book, R"({"plan":"gold"})", 1, Trust::proved);
  say(book, R"({"plan":"free"})", 2);
  CHECK(traits_json(book) == R"({"plan":"gold"})");
  CHECK(book.all().at("plan").rule() == std::string("proved_over_claimed"));
  CHECK(book.is_proved("plan"));
  say(book, R"({"plan":null})", 3, Trust::proved);
  CHECK(traits_json(book) == "{}");
}

TEST_CASE("at the limits of names and values") {
  TraitBook book;
  for (std::size_t i = 0; i < kTraitsMax + 1; ++i) say(book, "{\"t" + std::to_string(i) + "\":1}", 1);
  CHECK(book.all().size() == kTraitsMax);
  for (int i = 0; i < 20; ++i) say(book, "{\"t0\":" + std::to_string(i) + "}", i + 2);
  CHECK(book.all().at("t0").values.size() == 1 + kTraitOthersMax);
  const std::string fits(kTraitBytesMax - 5, 'x');
  say(book, "{\"t1\":\"" + fits + "\"}", 50);
  CHECK(book.all().at("t1").chosen()->value().text() == fits);
  say(book, "{\"t1\":\"" + fits + "y\"}", 60);
  CHECK(book.all().at("t1").chosen()->value().text() == fits);
}

TEST_CASE("a book comes back from its bytes; damaged bytes are an error") {
  TraitBook book;
  say(book, R"({"plan":"gold","tags":["a",{"b":null}]})", 1, Trust::proved);
  say(book, R"({"plan":"free"})", 2);
  const Bytes bytes = book.encode();
  auto again = TraitBook::decode(bytes);
  REQUIRE(again);
  CHECK(again->encode() == bytes);
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    CHECK_FALSE(TraitBook::decode({bytes.data(), length}));
  }
}
