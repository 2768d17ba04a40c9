#include "sdk/engine/bucketing.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace desirepath;

TEST_CASE("buckets are those of FNV-1a, of the unit and of the digits of a first hash") {
  // The hash's own published values.
  CHECK(fnv1a("") == 0x811c9dc5u);
  CHECK(fnv1a("a") == 0xe40c292cu);
  CHECK(fnv1a("foobar") == 0xbf9cf968u);
  struct Case {
    const char* seed;
    const char* unit;
    std::uint32_t bucket;
    std::uint32_t coarse;
  };
  // Worked out by hand from the rule, independently of this code.
  for (const Case& one : {Case{"rescue:timing", "a1", 1597, 146}, Case{"rescue:timing", "a2", 426, 729},
                          Case{"rescue:coverage", "a1", 1027, 130}, Case{"", "x", 9986, 695},
                          Case{"rescue:timing", "\xc3\xbc", 6255, 849}}) {
    CAPTURE(one.seed);
    CAPTURE(one.unit);
    CHECK(bucket_of(fnv1a(one.seed), one.unit) == one.bucket);
    CHECK(coarse_bucket_of(one.unit, one.seed) == one.coarse);
  }
}

TEST_CASE("ranges divide the whole by weights, and cover the first part of each") {
  const auto divided = [](double coverage, std::vector<double> weights, std::size_t parts) {
    std::vector<BucketRange> ranges(parts);
    divide_buckets(coverage, weights, ranges);
    std::vector<std::vector<double>> values;
    for (const BucketRange& range : ranges) values.push_back({range.from, range.to});
    return values;
  };
  using Ranges = std::vector<std::vector<double>>;
  CHECK(divided(1, {}, 2) == Ranges{{0, 0.5}, {0.5, 1}});
  CHECK(divided(0.5, {}, 2) == Ranges{{0, 0.25}, {0.5, 0.75}});
  CHECK(divided(1, {0.25, 0.75}, 2) == Ranges{{0, 0.25}, {0.25, 1}});
  CHECK(divided(0, {0.25, 0.75}, 2) == Ranges{{0, 0}, {0.25, 0.25}});
  // What cannot be: shares outside 0 to 1, weights that are too few or do not add up.
  CHECK(divided(-0.5, {}, 2) == Ranges{{0, 0}, {0.5, 0.5}});
  CHECK(divided(1.5, {}, 2) == Ranges{{0, 0.5}, {0.5, 1}});
  CHECK(divided(1, {0.5}, 2) == Ranges{{0, 0.5}, {0.5, 1}});
  CHECK(divided(1, {0.25, 0.25}, 2) == Ranges{{0, 0.5}, {0.5, 1}});
  CHECK(divided(1, {0.75, 0.75}, 2) == Ranges{{0, 0.5}, {0.5, 1}});
}

TEST_CASE("a share falls into the range that holds it: its beginning, not its end") {
  const std::vector<BucketRange> ranges{{0, 0.25}, {0.5, 0.75}};
  CHECK(choose_range(0, ranges) == 0);
  CHECK(choose_range(0.2499, ranges) == 0);
  CHECK(choose_range(0.25, ranges) == -1);
  CHECK(choose_range(0.5, ranges) == 1);
  CHECK(choose_range(0.75, ranges) == -1);
}
