// The traits of one profile with where each came from. A function of the profile's identify events taken in
// order: a proved value beats a claimed one, then the latest wins; other values are kept beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/profile/stored_event.hpp"
#include "collector/store/byte_codec.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath::collector {

struct TraitValue {
  Bytes tagged;  // one tagged value; null says that the trait was removed
  std::string source;
  Trust trust = Trust::claimed;
  std::int64_t timestamp_ms = 0;

  Value value() const { return Value::read(tagged.data()); }
};

struct TraitRecord {
  std::vector<TraitValue>
      values;  // the chosen first, then at most kTraitOthersMax others, strongest first; distinct

  bool is_withheld = false;  // an address of a proved profile: no claimed value stands

  // Null where no value stands.
  const TraitValue* chosen() const;
  // Why it was chosen: "proved_over_claimed" where a later claim says otherwise, else "latest";
  // "address_not_proved" where no value stands.
  const char* rule() const;
};

class TraitBook {
 public:
  // Takes the traits of one identify event; events come in their profile's order. Of the traits that
  // `is_withheld` names, claimed values are kept but never chosen; it answers alike for all of a profile's
  // events.
  void add(const StoredEvent& event, const Value& traits,
           const std::function<bool(std::string_view)>& is_withheld);

  // Whether a claimed event may not speak for this trait, because a proved one has.
  bool is_proved(std::string_view name) const;

  const std::map<std::string, TraitRecord, std::less<>>& all() const { return traits_; }

  Bytes encode() const;
  static Result<TraitBook> decode(std::span<const std::uint8_t> bytes);  // empty bytes are an empty book

 private:
  // Makes room in a full book: claims keep no proved trait out. False where every trait is proved.
  bool drop_claimed();

  std::map<std::string, TraitRecord, std::less<>> traits_;
};

}  // namespace desirepath::collector
