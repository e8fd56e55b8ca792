// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline.Tests
{
    /// <summary>
    /// A program that says whether it can use the library beside it; with an argument it does not ask
    /// beforehand.
    /// </summary>
    internal static class LoaderProbe
    {
        static int Main(string[] arguments)
        {
            try
            {
                if (arguments.Length == 0)
                {
                    Library.Require();
                }

                return Use();
            }
            catch (LibraryUnusableException error)
            {
                Console.WriteLine("unusable: " + error.Message);
                return 1;
            }
        }

        static int Use()
        {
            using (Surface.Create(new float[9], new[] { 0, 1, 2 }))
            {
                Console.WriteLine("usable: " + Library.Version);
                return 0;
            }
        }
    }
}
