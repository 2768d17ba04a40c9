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
  Records(const std::uint8_t* bytes, std::uint32_t count)
      : records_(reinterpret_cast<const Record*>(bytes)), count_(count) {}
  std::uint32_t size() const noexcept { return count_; }
  const Record& operator[](std::uint32_t index) const noexcept { return records_[index]; }

 private:
  const Record* records_;
  std::uint32_t count_;
};

struct LoadedProgram;

// A view of program bytes, which must be 8-aligned, outlive it and stay unchanged. Cheap to copy, safe to
// share between threads. Only `load` makes one of bytes; a default one is a program of nothing.
class Program {
 public:
  constexpr Program() noexcept = default;

  // Checks every offset, index, type and nesting of `bytes` (any content, up to kProgramBytesMax).
  static LoadedProgram load(std::span<const std::uint8_t> bytes) noexcept;

  const format::Header& header() const noexcept { return *reinterpret_cast<const format::Header*>(bytes_); }
  std::string_view journey() const noexcept { return string(header().journey); }

  std::string_view string(std::uint32_t index) const noexcept;
  // The same as its u32 length and its bytes, for hosts that read memory.
  const std::uint8_t* prefixed_string(std::uint32_t index) const noexcept {
    return start_of(format::Section::text) + strings()[index].offset;
  }
  // `index_plus_one` as stored; empty for 0.
  std::string_view optional_string(std::uint32_t index_plus_one) const noexcept {
    return index_plus_one == 0 ? std::string_view{} : string(index_plus_one - 1);
  }
  std::uint32_t list(std::uint32_t index) const noexcept { return lists()[index]; }
  const std::uint8_t* constant(std::uint32_t offset) const noexcept {
    return start_of(format::Section::constants) + offset;
  }

  // The entry of the events section for a name, or -1.
  std::int64_t find_event(std::string_view name) const noexcept;
  // The trigger with this key, or -1.
  std::int64_t find_trigger(std::uint32_t key) const noexcept;

  Records<std::uint32_t> lists() const noexcept { return section<std::uint32_t>(format::Section::lists); }
  Records<format::PathRecord> paths() const noexcept {
    return section<format::PathRecord>(format::Section::paths);
  }
  Records<format::FactRecord> facts() const noexcept {
    return section<format::FactRecord>(format::Section::facts);
  }
  Records<format::NodeRecord> nodes() const noexcept {
    return section<format::NodeRecord>(format::Section::nodes);
  }
  Records<format::BehaviorRecord> behaviors() const noexcept {
    return section<format::BehaviorRecord>(format::Section::behaviors);
  }
  Records<format::AudienceRecord> audiences() const noexcept {
    return section<format::AudienceRecord>(format::Section::audiences);
  }
  Records<format::StageRecord> stages() const noexcept {
    return section<format::StageRecord>(format::Section::stages);
  }
  Records<format::StageRuleRecord> stage_rules() const noexcept {
    return section<format::StageRuleRecord>(format::Section::stage_rules);
  }
  Records<format::TraitRecord> traits() const noexcept {
    return section<format::TraitRecord>(format::Section::traits);
  }
  Records<format::ConsentRecord> consents() const noexcept {
    return section<format::ConsentRecord>(format::Section::consents);
  }
  Records<format::PurposeRecord> purposes() const noexcept {
    return section<format::PurposeRecord>(format::Section::purposes);
  }
  Records<format::ChannelRecord> channels() const noexcept {
    return section<format::ChannelRecord>(format::Section::channels);
  }
  Records<format::SlotRecord> slots() const noexcept {
    return section<format::SlotRecord>(format::Section::slots);
  }
  Records<format::TriggerRecord> triggers() const noexcept {
    return section<format::TriggerRecord>(format::Section::triggers);
  }
  Records<format::ActionRecord> actions() const noexcept {
    return section<format::ActionRecord>(format::Section::actions);
  }
  Records<format::CancelRecord> cancels() const noexcept {
    return section<format::CancelRecord>(format::Section::cancels);
  }
  Records<format::EventRecord> events() const noexcept {
    return section<format::EventRecord>(format::Section::events);
  }
  Records<format::IndexRecord> indexes() const noexcept {
    return section<format::IndexRecord>(format::Section::indexes);
  }
  Records<format::BucketRecord> buckets() const noexcept {
    return section<format::BucketRecord>(format::Section::buckets);
  }
  Records<format::MigrationRecord> migrations() const noexcept {
    return section<format::MigrationRecord>(format::Section::migrations);
  }
  Records<format::WatchRecord> watches() const noexcept {
    return section<format::WatchRecord>(format::Section::watches);
  }
  Records<format::ScheduleRecord> schedules() const noexcept {
    return section<format::ScheduleRecord>(format::Section::schedules);
  }
  Records<std::uint32_t> triggers_by_key() const noexcept {
    return section<std::uint32_t>(format::Section::triggers_by_key);
  }
  Records<format::PatternRecord> patterns() const noexcept {
    return section<format::PatternRecord>(format::Section::patterns);
  }
  Records<format::PatternInstruction> pattern_code() const noexcept {
    return section<format::PatternInstruction>(format::Section::pattern_code);
  }
  Records<format::PatternRange> pattern_ranges() const noexcept {
    return section<format::PatternRange>(format::Section::pattern_ranges);
  }
  Records<format::SequenceStepRecord> sequence_steps() const noexcept {
    return section<format::SequenceStepRecord>(format::Section::sequence_steps);
  }
  Records<format::ScoreRecord> scores() const noexcept {
    return section<format::ScoreRecord>(format::Section::scores);
  }
  Records<format::ScoreAddRecord> score_adds() const noexcept {
    return section<format::ScoreAddRecord>(format::Section::score_adds);
  }
  Records<format::TierRecord> tiers() const noexcept {
    return section<format::TierRecord>(format::Section::tiers);
  }
  Records<format::AskRecord> asks() const noexcept {
    return section<format::AskRecord>(format::Section::asks);
  }
  Records<format::ModelRecord> models() const noexcept {
    return section<format::ModelRecord>(format::Section::models);
  }
  Records<format::ModelTermRecord> model_terms() const noexcept {
    return section<format::ModelTermRecord>(format::Section::model_terms);
  }
  Records<format::PromiseRecord> promises() const noexcept {
    return section<format::PromiseRecord>(format::Section::promises);
  }
  Records<format::SuppressionRecord> suppressions() const noexcept {
    return section<format::SuppressionRecord>(format::Section::suppressions);
  }
  Records<format::ExperimentRecord> experiments() const noexcept {
    return section<format::ExperimentRecord>(format::Section::experiments);
  }
  Records<format::FactorRecord> factors() const noexcept {
    return section<format::FactorRecord>(format::Section::factors);
  }
  Records<format::CellRecord> cells() const noexcept {
    return section<format::CellRecord>(format::Section::cells);
  }
  Records<format::FormRecord> forms() const noexcept {
    return section<format::FormRecord>(format::Section::forms);
  }
  Records<format::GroupRecord> groups() const noexcept {
    return section<format::GroupRecord>(format::Section::groups);
  }

 private:
  friend class ProgramVerifier;
  Records<format::StringRecord> strings() const noexcept {
    return section<format::StringRecord>(format::Section::strings);
  }
  const format::SectionEntry& entry(format::Section section) const noexcept {
    const auto* table = reinterpret_cast<const format::SectionEntry*>(bytes_ + format::kTableAt);
    return table[static_cast<std::size_t>(section)];
  }
  const std::uint8_t* start_of(format::Section section) const noexcept {
    return starts_[static_cast<std::size_t>(section)];
  }
  template <typename Record>
  Records<Record> section(format::Section section) const noexcept {
    return {start_of(section), entry(section).count};
  }

  alignas(8) static constexpr std::uint8_t kNothing[format::kHeadBytes] = {};

  const std::uint8_t* bytes_ = kNothing;
  const std::uint8_t* starts_[format::kSectionCount] = {};  // of the sections
};

struct LoadedProgram {
  ProgramError error = ProgramError::not_a_program;
  std::uint32_t offset = 0;  // where the bytes are wrong
  Program program;
};

}  // namespace desirepath
