// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Diagnostics;
using System.IO;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>
    /// What a user reads when the library does not fit: each case is a folder with the package's assembly
    /// and one library, and a program of its own that tries to use it.
    /// </summary>
    [TestFixture]
    public class LoaderTests
    {
        string folder;

        static string Assemblies
        {
            get { return Path.GetDirectoryName(typeof(LoaderTests).Assembly.Location); }
        }

        string Library
        {
            get { return Path.Combine(folder, "lib" + NativeMethods.LibraryName + ".so"); }
        }

        [SetUp]
        public void MakeFolder()
        {
            folder = Path.Combine(Path.GetTempPath(), "hemline-loader-" + Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(folder);
            foreach (string file in new[] { "Hemline.dll", "LoaderProbe.exe" })
            {
                File.Copy(Path.Combine(Assemblies, file), Path.Combine(folder, file));
            }
        }

        [TearDown]
        public void RemoveFolder()
        {
            Directory.Delete(folder, true);
        }

        [Test]
        public void ThePackagesOwn()
        {
            File.Copy(Path.Combine(Assemblies, Path.GetFileName(Library)), Library);
            Assert.AreEqual("usable: " + Hemline.Library.PackageVersion, Probe(0));
        }

        [Test]
        public void None()
        {
            StringAssert.StartsWith("unusable: there is no native library " + Path.GetFileName(Library), Probe(1));
        }

        [Test]
        public void AnotherAbiVersion()
        {
            Compile("gcc", "unsigned hem_abi_version(void) { return 77; }"
                + "const char *hem_version_string(void) { return \"9.9.9\"; }");
            string text = Probe(1);
            StringAssert.Contains("has ABI version 77, expected " + NativeMethods.HEM_ABI_VERSION, text);
            Assert.AreEqual(text, Probe(1, "unasked"), "any call asks first");
        }

        [Test]
        public void AnotherVersion()
        {
            Compile("gcc", "unsigned hem_abi_version(void) { return " + NativeMethods.HEM_ABI_VERSION + "; }"
                + "const char *hem_version_string(void) { return \"9.9.9\"; }");
            StringAssert.Contains("has version 9.9.9, expected " + Hemline.Library.PackageVersion, Probe(1));
        }

        [Test]
        public void AnotherLibrary()
        {
            Compile("gcc", "int other(void) { return 1; }");
            StringAssert.Contains("is not hemline", Probe(1));
        }

        [Test]
        public void CutOff()
        {
            byte[] whole = File.ReadAllBytes(Path.Combine(Assemblies, Path.GetFileName(Library)));
            foreach (int length in new[] { 0, 10, 3000, whole.Length / 2, whole.Length - 1 })
            {
                byte[] part = new byte[length];
                Array.Copy(whole, part, length);
                File.WriteAllBytes(Library, part);
                StringAssert.Contains(Library + " cannot be loaded: the file is cut off", Probe(1));
            }
        }

        [Test]
        public void NoLibraryAtAll()
        {
            File.WriteAllText(Library, new string('x', 100));
            StringAssert.Contains("it is no library", Probe(1));
        }

        [Test]
        public void AnotherArchitecture()
        {
            Compile("aarch64-linux-gnu-gcc", "unsigned hem_abi_version(void) { return 1; }");
            StringAssert.Contains("it is for Arm64, but this process is X64", Probe(1));
        }

        void Compile(string compiler, string source)
        {
            string file = Path.Combine(folder, "stub.c");
            File.WriteAllText(file, source);
            string output;
            int status = Run(compiler, "-shared -fPIC -nostdlib -o \"" + Library + "\" \"" + file + "\"", out output);
            Assert.AreEqual(0, status, compiler + ": " + output);
        }

        string Probe(int expectedStatus, string argument = "")
        {
            string output;
            string program = "\"" + Path.Combine(folder, "LoaderProbe.exe") + "\" ";
            int status = Run("mono", program + argument, out output);
            Assert.AreEqual(expectedStatus, status, output);
            Console.WriteLine(output);
            return output;
        }

        static int Run(string program, string arguments, out string output)
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            using (var process = Process.Start(start))
            {
                output = (process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd()).Trim();
                process.WaitForExit();
                return process.ExitCode;
            }
        }
    }
}
