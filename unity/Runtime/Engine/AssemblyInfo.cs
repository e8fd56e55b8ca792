// SPDX-License-Identifier: MIT OR Apache-2.0
using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Hemline.Tests")]
