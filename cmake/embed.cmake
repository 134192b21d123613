# Puts data files into the library: one assembler file with an .incbin for each, and the table that
# src/programme/embedded.h declares. What goes in is listed in scripts/embed.
#
# The table is written in the assembler as well, because only there is the size of a file a constant. ELF, 64 bit.

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

  set(source "${PROJECT_BINARY_DIR}/embedded.S")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT [[
// Written by cmake/embed.cmake; do not edit.
  .section .rodata
  .balign 8
  .globl programme_embedded_count
  .type programme_embedded_count, %object
  .size programme_embedded_count, 8
programme_embedded_count: .quad @count@
@bytes@
  .section .data.rel.ro, "aw"
  .balign 8
  .globl programme_embedded_files
  .type programme_embedded_files, %object
programme_embedded_files:
@rows@  .quad 0, 0, 0
  .size programme_embedded_files, . - programme_embedded_files
  .section .note.GNU-stack, "", %progbits
]])
  set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${depends}")
  set(${out_source} "${source}" PARENT_SCOPE)
endfunction()
