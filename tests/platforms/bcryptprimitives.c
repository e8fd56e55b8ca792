/* Rust asks Windows' bcryptprimitives.dll for randomness (hash seeds). Wine before 9 has no such DLL: this one
   stands in for it beside the tests. */
#include <stdint.h>
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(void *buffer, ULONG length); /* RtlGenRandom, in advapi32. */

__declspec(dllexport) BOOL WINAPI ProcessPrng(uint8_t *buffer, SIZE_T length)
{
    return SystemFunction036(buffer, (ULONG)length);
}
