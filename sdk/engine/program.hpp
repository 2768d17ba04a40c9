// A compiled journey, verified once and then read in place.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/program_format.hpp"

namespace desirepath {

enum class ProgramError : std::uint8_t {
  none,
  not_a_program,  // magic, length, or bytes that are not 8-aligned
  unsupported,    // format version or feature this build does not have
  inconsistent,   // an offset, index, type or depth is out of its bounds
  too_large,
};

// A section as an array of records, read in place.
template <typename Record>
class Records {
 public:
  Records() = default;
  Records(const std::uint8_t* bytes, std::uint32_t count)
      : records_(reinterpret_cast<const Record*>(bytes)), count_(count) {}
  std::uint32_t size() const noexcept { return count_; }
  const Record& operator[](std::uint32_t index) const noexcept { return records_[index]; }

 private:
  const Record* records_ = nullptr;
  std::uint32_t count_ = 0;
};

struct LoadedProgram;

// A view of program bytes, which must be 8-aligned, outlive it and stay unchanged. Cheap to copy, safe to share between threads.
// Only `load` makes one that may be read.
class Program {
 public:
  // Checks every offset, index, type and nesting of `bytes` (any content, up to kProgramBytesMax).
  static LoadedProgram load(std::span<const std::uint8_t> bytes) noexcept;

  const format::Header& header() const noexcept { return header_; }
  std::string_view journey() const noexcept { return string(header_.journey); }

  std::string_view string(std::uint32_t index) const noexcept;
  // The same as its u32 length and its bytes, for hosts that read memory.
  const std::uint8_t* prefixed_string(std::uint32_t index) const noexcept {
    return text_ + strings_[index].offset;
  }
  // `index_plus_one` as stored; empty for 0.
  std::string_view optional_string(std::uint32_t index_plus_one) const noexcept {
    return index_plus_one == 0 ? std::string_view{} : string(index_plus_one - 1);
  }
  std::uint32_t list(std::uint32_t index) const noexcept { return lists[index]; }
  const std::uint8_t* constant(std::uint32_t offset) const noexcept { return constants_ + offset; }

  // The entry of the events section for a name, or -1.
  std::int64_t find_event(std::string_view name) const noexcept;
  // The trigger with this key, or -1.
  std::int64_t find_trigger(std::uint32_t key) const noexcept;

  Records<std::uint32_t> lists;
  Records<format::PathRecord> paths;
  Records<format::FactRecord> facts;
  Records<format::NodeRecord> nodes;
  Records<format::BehaviorRecord> behaviors;
  Records<format::AudienceRecord> audiences;
  Records<format::StageRecord> stages;
  Records<format::StageRuleRecord> stage_rules;
  Records<format::TraitRecord> traits;
  Records<format::ConsentRecord> consents;
  Records<format::PurposeRecord> purposes;
  Records<format::ChannelRecord> channels;
  Records<format::SlotRecord> slots;
  Records<format::TriggerRecord> triggers;
  Records<format::ActionRecord> actions;
  Records<format::CancelRecord> cancels;
  Records<format::EventRecord> events;
  Records<format::IndexRecord> indexes;
  Records<format::BucketRecord> buckets;
  Records<std::uint32_t> waiting;
  Records<std::uint32_t> triggers_by_key;

 private:
  friend class ProgramVerifier;
  format::Header header_{};
  const std::uint8_t* text_ = nullptr;
  const std::uint8_t* constants_ = nullptr;
  Records<format::StringRecord> strings_;
};

struct LoadedProgram {
  ProgramError error = ProgramError::not_a_program;
  Program program;
};

}  // namespace desirepath
