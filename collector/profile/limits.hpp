// Every bound of the profile store, with its unit and what it means in the world.
#pragma once

#include <cstddef>
#include <cstdint>

namespace desirepath::collector {

// Events of one chunk; a long session is several.
inline constexpr std::size_t kChunkEventsMax = 64;

// Bytes of tagged events, compressed, in one chunk before the next one is begun: what one append rewrites.
inline constexpr std::size_t kChunkBytesMax = 48 * 1024;

// Silence that begins a new chunk; the engine's session gap.
inline constexpr std::int64_t kChunkGapMs = 30 * 60 * 1000;

// Bytes that either blob of one chunk may expand to: events at the wire's limit, all of them.
inline constexpr std::size_t kChunkPlainBytesMax = std::size_t{64} << 20;

// Trait names of one profile; a CRM's widest contact has fewer. Later names are left out.
inline constexpr std::size_t kTraitsMax = 256;

// Values of one trait that are kept beside the chosen one.
inline constexpr std::size_t kTraitOthersMax = 4;

// Bytes of one trait's value as tagged bytes; a longer one is left out of traits, and stays in its event.
inline constexpr std::size_t kTraitBytesMax = 4096;

// Read connections that wait for the next reader.
inline constexpr std::size_t kReadersIdleMax = 8;

// Consent categories of one profile; consent managers offer about ten.
inline constexpr std::size_t kConsentCategoriesMax = 64;
// Bytes of a category's name.
inline constexpr std::size_t kConsentCategoryBytesMax = 128;
// Senders (a device with one identifier) of a profile whose last word on a category is remembered. What
// another one stamps counts where it withdraws; its grant must be an act.
inline constexpr std::size_t kConsentSendersMax = 512;
// Withdrawals of one category that no grant has ended, each of another sender. One more takes the place of
// the last.
inline constexpr std::size_t kOpenWithdrawalsMax = 64;

// Bytes of a suppression's channel, reason or source: a word, not a letter.
inline constexpr std::size_t kSuppressionWordBytesMax = 64;

}  // namespace desirepath::collector
