#include "sdk/engine/state.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "sdk/engine/bytes.hpp"

using namespace desirepath;

TEST_CASE("records behave like a map, and their bytes depend on what they hold alone") {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::uint8_t> buffer(2048);
    State state(buffer);
    std::map<std::uint32_t, std::vector<std::uint8_t>> expected;
    for (int i = 0; i < 60; ++i) {
      const auto key = static_cast<std::uint32_t>(random() % 12);
      if (random() % 4 == 0) {
        state.erase(key, Family::trait);
        expected.erase(key);
      } else {
        const std::size_t length = 1 + random() % 20;
        const auto payload = state.resize(key, Family::trait, length);
        REQUIRE(payload.size() == length);
        auto& copy = expected[key];
        copy.resize(length);
        const auto byte = static_cast<std::uint8_t>(random());
        payload[length - 1] = byte;
        copy[length - 1] = byte;
      }
    }
    for (const auto& [key, payload] : expected) {
      const auto found = static_cast<const State&>(state).find(key, Family::trait);
      REQUIRE(std::equal(found.begin(), found.end(), payload.begin(), payload.end()));
    }
    std::vector<std::uint8_t> fresh_buffer(2048);
    State fresh(fresh_buffer);
    for (auto it = expected.rbegin(); it != expected.rend(); ++it) {
      const auto payload = fresh.resize(it->first, Family::trait, it->second.size());
      std::copy(it->second.begin(), it->second.end(), payload.begin());
    }
    REQUIRE(
        std::equal(state.bytes().begin(), state.bytes().end(), fresh.bytes().begin(), fresh.bytes().end()));
  }
}

TEST_CASE("a record that does not fit changes nothing and is said") {
  std::vector<std::uint8_t> buffer(State::kHeaderBytes + State::kRecordHeadBytes + 4);
  State state(buffer);
  REQUIRE(state.resize(1, Family::trait, 4).size() == 4);
  CHECK_FALSE(state.overflowed());
  CHECK(state.resize(1, Family::trait, 5).empty());
  CHECK(state.overflowed());
  CHECK(static_cast<const State&>(state).find(1, Family::trait).size() == 4);
}

TEST_CASE("the earliest wait is the next wake") {
  std::vector<std::uint8_t> buffer(512);
  State state(buffer);
  CHECK(state.next_wake_ms() == State::kNever);
  for (const std::int64_t due : {500, 300, 900}) {
    store_time(state.resize(static_cast<std::uint32_t>(due), Family::wait, kTimeBytes).data(), due);
  }
  state.refresh_next_wake();
  CHECK(state.next_wake_ms() == 300);
  state.retire_due(500);
  state.refresh_next_wake();
  CHECK(state.next_wake_ms() == 900);
}

TEST_CASE("what is wrong in a state is told with its place") {
  std::vector<std::uint8_t> buffer(128);
  State state(buffer);
  for (const std::uint32_t key : {1u, 2u}) state.resize(key, Family::trait, 4);
  const std::vector<std::uint8_t> good(state.bytes().begin(), state.bytes().end());
  const auto adopt = [&](std::size_t at, std::uint8_t value, std::size_t length) {
    State fresh(buffer);
    std::copy(good.begin(), good.end(), buffer.begin());
    buffer[at] = value;
    const StateAdoption adoption = fresh.adopt(length);
    return adoption ? std::size_t{9999} : adoption.offset;
  };
  const std::size_t second = State::kHeaderBytes + State::kRecordHeadBytes + 4;
  CHECK(adopt(0, 1, good.size()) == 9999);
  CHECK(adopt(0, 7, good.size()) == 0);
  CHECK(adopt(0, 1, 10) == 10);
  CHECK(adopt(second + 5, 200, good.size()) == second);
  CHECK(adopt(second, 1, good.size()) == second);
  CHECK(adopt(2, 1, good.size()) == second);
}

TEST_CASE("hostile state bytes are refused or whole") {
  std::vector<std::uint8_t> original(512);
  State state(original);
  for (std::uint32_t key = 1; key < 9; ++key) state.resize(key * 77, Family::trait, key);
  const std::vector<std::uint8_t> good(state.bytes().begin(), state.bytes().end());

  std::mt19937 random(99);
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::uint8_t> buffer(512);
    std::copy(good.begin(), good.end(), buffer.begin());
    for (int i = 0; i < 1 + round % 5; ++i)
      buffer[random() % good.size()] = static_cast<std::uint8_t>(random());
    State hostile(buffer);
    std::copy(good.begin(), good.end(), buffer.begin());
    buffer[random() % good.size()] = static_cast<std::uint8_t>(random());
    const std::size_t length = random() % 3 == 0 ? random() % 600 : good.size();
    if (!hostile.adopt(length)) {
      REQUIRE(hostile.bytes().size() == State::kHeaderBytes);
      continue;
    }
    REQUIRE(hostile.bytes().size() == length);
    for (std::uint32_t key = 1; key < 9; ++key) hostile.resize(key * 77, Family::trait, 3);
  }
}
