// The files the collector serves itself, compiled into the binary: the web console and the browser package.
//
// Built by embed.cmake from collector/console/web and sdk/js/dist. Where the package was not built before the
// collector, sdk_assets() is empty. Everything here lives as long as the process and may be read from any
// thread.
#pragma once

#include <span>
#include <string_view>

namespace desirepath::collector {

struct Asset {
  std::string_view path;          // the whole path of the URL, e.g. "/" or "/sdk/desirepath.iife.js"
  std::string_view content_type;  // e.g. "text/javascript; charset=utf-8"
  std::string_view body;
  std::string_view etag;  // quoted, as the header has it; changes with the content
  bool immutable;         // the path names the content: cache for a year, else revalidate
};

// "/" and what it loads, all below "/console/".
std::span<const Asset> console_assets() noexcept;

// Each file twice: "/sdk/desirepath.iife.js", and "/sdk/desirepath.<hash8>.iife.js", which is immutable.
std::span<const Asset> sdk_assets() noexcept;

// The asset at exactly this path, nullptr where there is none.
const Asset* find_asset(std::string_view path) noexcept;

// To be sent with every console asset: own files only, no frames, nothing inline.
inline constexpr std::string_view kConsolePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace desirepath::collector
