#include "sdk/engine/verify.hpp"

#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/number.hpp"
#include "sdk/engine/pattern.hpp"

namespace desirepath {

using namespace format;

namespace {

bool is_time(std::int64_t time_ms) noexcept {
  return time_ms >= 0 && time_ms <= kTimeMaxMs;
}

}  // namespace

LoadedProgram Program::load(std::span<const std::uint8_t> bytes) noexcept {
  return ProgramVerifier(bytes).verify();
}

LoadedProgram ProgramVerifier::verify() noexcept {
  LoadedProgram loaded;
  loaded.error = check_header();
  const bool has_head = loaded.error == ProgramError::none;
  if (has_head &&
      !(map_sections() && check_strings() && check_fields() && check_patterns() && check_nodes() &&
        check_bounds() && check_audiences() && check_behaviors() && check_scores() && check_models() &&
        check_asks() && check_schedules() && check_experiments())) {
    loaded.error = ProgramError::inconsistent;
  }
  if (loaded.error == ProgramError::none) loaded.program = program_;
  loaded.offset = offset_;
  return loaded;
}

ProgramError ProgramVerifier::check_header() noexcept {
  if (bytes_.size() > kProgramBytesMax) return ProgramError::too_large;
  if (bytes_.size() < kHeadBytes || reinterpret_cast<std::uintptr_t>(bytes_.data()) % 8 != 0) {
    return ProgramError::not_a_program;
  }
  program_.bytes_ = bytes_.data();
  const Header& header = program_.header();
  if (header.magic != kMagic) return ProgramError::not_a_program;
  if (header.length != bytes_.size()) return at(header.length, ProgramError::not_a_program);
  if (header.version != kVersion) return at(header.version, ProgramError::unsupported);
  if ((header.features & ~kFeaturesOfThisBuild) != 0) return at(header.features, ProgramError::unsupported);
  if (header.state_bytes_max > kFullStateBytesMax) {
    return at(header.state_bytes_max, ProgramError::too_large);
  }
  if (header.section_count != kSectionCount) return at(header.section_count, ProgramError::inconsistent);
  return ProgramError::none;
}

bool ProgramVerifier::map_sections() noexcept {
  for (std::uint8_t i = 0; i < kSectionCount; ++i) {
    const SectionEntry& entry = program_.entry(static_cast<Section>(i));
    const std::uint64_t end = std::uint64_t{entry.offset} + std::uint64_t{entry.count} * kRecordBytes[i];
    if (end > bytes_.size() || entry.offset % 8 != 0) return wrong_at(&entry);
    program_.starts_[i] = bytes_.data() + entry.offset;
  }
  return true;
}

bool ProgramVerifier::check_strings() noexcept {
  const std::uint32_t text_bytes = count_of(of(Section::text));
  for (std::uint32_t i = 0; i < program_.strings().size(); ++i) {
    const StringRecord& string = program_.strings()[i];
    const std::uint64_t start = std::uint64_t{string.offset} + 4;
    if (start > text_bytes || start + load<std::uint32_t>(program_.prefixed_string(i)) > text_bytes) {
      return wrong_at(&string);
    }
  }
  return true;
}

bool ProgramVerifier::satisfies(const FieldRule& rule, const std::uint8_t* field) const noexcept {
  const std::uint32_t value = load<std::uint32_t>(field);
  switch (rule.check) {
    case Check::index: return value < count_of(rule.target);
    case Check::optional: return value <= count_of(rule.target);
    case Check::below: return value < rule.target;
    case Check::range:
      return value <= load<Range>(field).end && load<Range>(field).end <= count_of(rule.target);
    case Check::time: return is_time(load<std::int64_t>(field));
    case Check::finite: return is_finite(load<double>(field));
    case Check::cap: return value <= kCapTimesMax && is_time(load<Cap>(field).per_ms);
    case Check::list: {
      const Range range = load<Range>(field);
      if (range.begin > range.end || range.end > program_.lists().size()) return false;
      for (std::uint32_t i = range.begin; i < range.end; ++i) {
        if (program_.lists()[i] >= count_of(rule.target)) return false;
      }
      return true;
    }
  }
  return false;
}

bool ProgramVerifier::check_fields() noexcept {
  for (const FieldRule& rule : kFieldRules) {
    const std::uint8_t* field = program_.start_of(static_cast<Section>(rule.section)) + rule.offset;
    for (std::uint32_t left = count_of(rule.section); left > 0; --left) {
      if (!satisfies(rule, field)) return wrong_at(field);
      field += kRecordBytes[rule.section];
    }
  }
  return true;
}

bool ProgramVerifier::check_patterns() noexcept {
  if constexpr (builds(kFeaturePattern)) {
    if (const void* unsound = unsound_pattern_part(program_)) return wrong_at(unsound);
  }
  return true;
}

}  // namespace desirepath
