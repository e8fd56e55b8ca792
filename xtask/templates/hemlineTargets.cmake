# Paths count from this file, so that the prefix may be moved.
if(TARGET hemline::hemline)
    return()
endif()
get_filename_component(_hemline_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

add_library(hemline::hemline SHARED IMPORTED)
set_target_properties(hemline::hemline PROPERTIES
    IMPORTED_LOCATION "${_hemline_prefix}/@SHARED_LIBRARY@"
    @CMAKE_NAME@
    INTERFACE_INCLUDE_DIRECTORIES "${_hemline_prefix}/include")

add_library(hemline::hemline_static STATIC IMPORTED)
set_target_properties(hemline::hemline_static PROPERTIES
    IMPORTED_LOCATION "${_hemline_prefix}/lib/libhemline.a"
    IMPORTED_LINK_INTERFACE_LANGUAGES C
    INTERFACE_LINK_LIBRARIES "@CMAKE_SYSTEM_LIBRARIES@"
    INTERFACE_INCLUDE_DIRECTORIES "${_hemline_prefix}/include")

foreach(_hemline_target hemline::hemline hemline::hemline_static)
    get_target_property(_hemline_file ${_hemline_target} IMPORTED_LOCATION)
    if(NOT EXISTS "${_hemline_file}")
        message(FATAL_ERROR "${_hemline_target}: ${_hemline_file} is missing; install hemline again")
    endif()
endforeach()
unset(_hemline_file)
unset(_hemline_prefix)
