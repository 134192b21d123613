# Puts files into the library: one assembler file with an .incbin for each, and a table of them. What goes in of data/ is listed
# in scripts/embed.
#
# The table is written in the assembler as well, because only there is the size of a file a constant. ELF, 64 bit.

# An assembler file `out` with a table of the files (names relative to root) under the symbol `table`, ended by a row of zeros, and
# their number under `count`.
function(stargate_embed_table out table count_symbol root files)
  list(LENGTH files count)
  set(bytes "")
  set(rows "")
  set(depends "")
  set(i 0)
  foreach(file IN LISTS files)
    string(APPEND bytes
      "name_${i}: .asciz \"${file}\"\n"
      "  .balign 16\n"
      "file_${i}: .incbin \"${root}/${file}\"\n"
      "end_${i}: .byte 0\n")
    string(APPEND rows "  .quad name_${i}, file_${i}, end_${i} - file_${i}\n")
    list(APPEND depends "${root}/${file}")
    math(EXPR i "${i} + 1")
  endforeach()

  file(CONFIGURE OUTPUT "${out}" @ONLY CONTENT [[
// Written by cmake/embed.cmake; do not edit.
  .section .rodata
  .balign 8
  .globl @count_symbol@
  .type @count_symbol@, %object
  .size @count_symbol@, 8
@count_symbol@: .quad @count@
@bytes@
  .section .data.rel.ro, "aw"
  .balign 8
  .globl @table@
  .type @table@, %object
@table@:
@rows@  .quad 0, 0, 0
  .size @table@, . - @table@
  .section .note.GNU-stack, "", %progbits
]])
  set_source_files_properties("${out}" PROPERTIES OBJECT_DEPENDS "${depends}")
endfunction()

# What scripts/embed lists of data/, for src/programme/embedded.h.
function(stargate_embed list_file out_source)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${list_file}")
  set(root "${PROJECT_SOURCE_DIR}/data")

  file(STRINGS "${list_file}" patterns REGEX "^[^# ]")
  set(files)
  foreach(pattern IN LISTS patterns)
    file(GLOB found RELATIVE "${root}" CONFIGURE_DEPENDS "${root}/${pattern}")
    list(APPEND files ${found})
  endforeach()
  list(REMOVE_DUPLICATES files)
  list(SORT files)

  set(source "${PROJECT_BINARY_DIR}/embedded.S")
  stargate_embed_table("${source}" programme_embedded_files programme_embedded_count "${root}" "${files}")
  set(${out_source} "${source}" PARENT_SCOPE)
endfunction()
