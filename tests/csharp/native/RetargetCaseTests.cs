// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.IO;
using Hemline.Samples;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>
    /// The sample's whole retarget, for examples/retarget_case.py to compare with Blender's: it lies in the
    /// folder that HEMLINE_RETARGET_CASE names.
    /// </summary>
    [TestFixture]
    public class RetargetCaseTests
    {
        [Test]
        public void WritesItsResult()
        {
            string folder = Environment.GetEnvironmentVariable("HEMLINE_RETARGET_CASE");
            string results = Path.Combine(folder, "csharp");
            RetargetCase.Run(folder, results);
            var outfit = ObjMesh.Read(Path.Combine(folder, "outfit.obj"));
            var result = ObjMesh.Read(Path.Combine(results, "result.obj"));
            CollectionAssert.AreEqual(outfit.Triangles, result.Triangles);
            CollectionAssert.AreNotEqual(outfit.Points, result.Points);
        }
    }
}
