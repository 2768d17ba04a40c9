# cmake -DCONSOLE_WEB=DIR -DSDK_DIST=DIR -DOUTPUT=assets.cpp -P embed.cmake
#
# Writes a C++ file whose tables point at the files' bytes, taken in by the assembler (.incbin), so that size costs
# no compile time. Each file's hash stands in the text: a changed file changes the text, and the object is rebuilt.

set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_svg "image/svg+xml")
set(type_wasm "application/wasm")

set(blobs "")
set(externs "")
set(count 0)

# Takes a file in; sets `symbol`, `size`, `hash` and `type` in the caller. What is measured here is a copy, and the
# assembler reads that: the file itself may be written anew meanwhile.
get_filename_component(copies "${OUTPUT}" DIRECTORY)
function(take_in file)
  set(symbol "desirepath_asset_${count}")
  set(copy "${copies}/${symbol}")
  file(COPY_FILE "${file}" "${copy}" ONLY_IF_DIFFERENT)
  file(SHA256 "${copy}" hash)
  file(SIZE "${copy}" size)
  string(REGEX MATCH "[a-z]+$" extension "${file}")
  string(APPEND blobs ".globl ${symbol}\n.balign 16\n${symbol}:\n.incbin \"${copy}\"\n.byte 0\n")
  string(APPEND externs "extern const char ${symbol}[];\n")
  math(EXPR count "${count} + 1")
  foreach(name IN ITEMS blobs externs count symbol size hash)
    set(${name} "${${name}}" PARENT_SCOPE)
  endforeach()
  set(type "${type_${extension}}" PARENT_SCOPE)
endfunction()

function(add_row table path immutable)
  string(SUBSTRING "${hash}" 0 16 tag)
  string(APPEND ${table} "    {\"${path}\", \"${type}\", {${symbol}, ${size}}, \"\\\"${tag}\\\"\", ${immutable}},\n")
  set(${table} "${${table}}" PARENT_SCOPE)
endfunction()

set(console_rows "")
file(GLOB files "${CONSOLE_WEB}/*.html" "${CONSOLE_WEB}/*.css" "${CONSOLE_WEB}/*.js" "${CONSOLE_WEB}/*.svg")
list(SORT files)
foreach(file IN LISTS files)
  take_in("${file}")
  get_filename_component(name "${file}" NAME)
  if(name STREQUAL "index.html")
    add_row(console_rows "/" false)
  else()
    add_row(console_rows "/console/${name}" false)
  endif()
endforeach()

set(sdk_rows "")
file(GLOB files "${SDK_DIST}/*.js" "${SDK_DIST}/*.wasm")
list(FILTER files EXCLUDE REGEX "/node\\.js$")
list(SORT files)
foreach(file IN LISTS files)
  take_in("${file}")
  get_filename_component(name "${file}" NAME)
  string(SUBSTRING "${hash}" 0 8 short_hash)
  string(REGEX MATCH "^([^.]+)\\.(.*)$" name_parts "${name}")
  set(hashed_name "${CMAKE_MATCH_1}.${short_hash}.${CMAKE_MATCH_2}")
  add_row(sdk_rows "/sdk/${name}" false)
  add_row(sdk_rows "/sdk/${hashed_name}" true)
endforeach()

function(define_table name rows)
  if(rows STREQUAL "")
    set(text "std::span<const Asset> ${name}() noexcept { return {}; }\n")
  else()
    set(text "static constexpr Asset k_${name}[] = {\n${rows}};\nstd::span<const Asset> ${name}() noexcept { return k_${name}; }\n")
  endif()
  set(definition "${text}" PARENT_SCOPE)
endfunction()

define_table(console_assets "${console_rows}")
set(console_definition "${definition}")
define_table(sdk_assets "${sdk_rows}")
set(sdk_definition "${definition}")

file(WRITE "${OUTPUT}" "// Written by embed.cmake.
#include \"collector/console/assets.hpp\"

__asm__(R\"(
.pushsection .rodata
${blobs}.popsection
)\");

extern \"C\" {
${externs}}

namespace desirepath::collector {

${console_definition}
${sdk_definition}
}  // namespace desirepath::collector
")
