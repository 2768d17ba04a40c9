#include "tests/property/shrink.hpp"

#include "sdk/compiler/compile.hpp"

namespace desirepath::tests {

namespace {

constexpr int kAttemptsMax = 5000;

bool is_journey(const Json& journey) {
  return compiler::compile_journey(journey.dump(), "journey.json").journey.has_value();
}

class Shrinker {
 public:
  Shrinker(Case failing, const std::function<bool(const Case&)>& fails)
      : case_(std::move(failing)), fails_(fails) {}

  Case shrink() {
    bool smaller = true;
    while (smaller) {
      smaller = drop_events();
      smaller |= drop_parts_of(&Case::journey, "");
      if (!case_.successor.is_null()) smaller |= drop_parts_of(&Case::successor, "");
    }
    return std::move(case_);
  }

 private:
  bool still_fails(const Case& candidate) {
    if (++attempts_ > kAttemptsMax) return false;
    const bool compiles =
        is_journey(candidate.journey) && (candidate.successor.is_null() || is_journey(candidate.successor));
    return compiles && fails_(candidate);
  }

  bool keep(Case candidate) {
    if (!still_fails(candidate)) return false;
    case_ = std::move(candidate);
    return true;
  }

  bool drop_events() {
    bool dropped = false;
    for (std::size_t i = case_.events.size(); i-- > 0;) {
      Case candidate = case_;
      candidate.events.erase(candidate.events.begin() + static_cast<std::ptrdiff_t>(i));
      dropped |= keep(std::move(candidate));
    }
    return dropped;
  }

  // Tries to drop each part of what stands at `path` in one of the journeys, largest parts first.
  bool drop_parts_of(Json Case::*journey, const std::string& path) {
    const Json::json_pointer here(path);
    std::vector<std::string> parts;
    for (const auto& [key, value] : (case_.*journey).at(here).items()) {
      const bool is_needed = path.empty() && (key == "schema" || key == "journey" || key == "version");
      if (!is_needed) parts.push_back(key);
    }
    bool dropped = false;
    // From the back, so that an array's indexes in front stay what they are.
    for (std::size_t i = parts.size(); i-- > 0;) {
      Case candidate = case_;
      Json& parent = (candidate.*journey).at(here);
      if (parent.is_array()) {
        parent.erase(std::stoul(parts[i]));
      } else {
        parent.erase(parts[i]);
      }
      const bool gone = keep(std::move(candidate));
      const std::string inner = path + "/" + escaped(parts[i]);
      const bool is_inside = !gone && (case_.*journey).at(Json::json_pointer(inner)).is_structured();
      dropped |= gone || (is_inside && drop_parts_of(journey, inner));
    }
    return dropped;
  }

  static std::string escaped(const std::string& key) {
    std::string text;
    for (const char c : key) text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return text;
  }

  Case case_;
  const std::function<bool(const Case&)>& fails_;
  int attempts_ = 0;
};

}  // namespace

Case shrunk(Case failing, const std::function<bool(const Case&)>& fails) {
  return Shrinker(std::move(failing), fails).shrink();
}

}  // namespace desirepath::tests
