// hemline for C++17 and later: a thin, header-only layer over hemline.h.
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What it adds to the C interface
//   Handles    One move-only class for each handle, which destroys it: PointIndex, Neighbors, RadiusGraph, Surface,
//              SparseWeights, TransferSession, WeightInpainter, Field, Rbf, TrianglePairs.
//   Spans      Arrays come in as hemline::span: std::vector, std::array, std::span, C arrays, or pointer and count.
//              Nothing is copied. Points are flat floats, x y z x y z; hemline::flat() shows an array of
//              packed vectors so. A span that may be left out is empty then. Lengths that contradict each other are refused.
//   Errors     hemline::Error is thrown, with the library's own text. With HEMLINE_NO_EXCEPTIONS defined (or under
//              -fno-exceptions) every function returns hemline::Result<T> instead. Returns<T> below stands for either.
//              Want of memory for a result's vector is std::bad_alloc, and without exceptions the program's end.
//   Options    RobustOptions and its like are the C structs, filled with their defaults by their constructors.
//   Progress   A callable, and cancel() from any thread.
//   Version    Before the first call the library's ABI version is compared with this header's.
//
// Lifetimes: a span, a view of a handle, and what is passed by pointer must live until the call returns; views
// (SparseWeights::rows and so on) live as long as their handle. A function keeps no argument beyond its call.
// Threads: any function from any thread; const handles from many threads at once. A handle may be moved or destroyed only
// when no call uses it. TransferSession::update must not run beside another call of the same session.
//
// What is not wrapped (transforms, distances, pose algebra, ...) is called as in C, inside hemline::check(...).
#ifndef HEMLINE_HPP
#define HEMLINE_HPP

#include "hemline/core.hpp"
#include "hemline/deform.hpp"
#include "hemline/neighbors.hpp"
#include "hemline/stages.hpp"
#include "hemline/surface.hpp"
#include "hemline/weights.hpp"

#endif
