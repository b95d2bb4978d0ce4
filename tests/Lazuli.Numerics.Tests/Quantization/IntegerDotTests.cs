using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics.Tests;

/// <summary>Kernels for processors with instructions that few have: the same sums, whichever way this machine takes them.</summary>
public sealed unsafe class IntegerDotTests
{
    [Fact]
    public void Sums_are_those_of_plain_loops()
    {
        if (!Avx2.IsSupported)
        {
            return; // the backend takes plain code then, which LinearQuantizedTests sees to
        }

        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            byte[] a = [.. Enumerable.Range(0, 32).Select(_ => (byte)(round == 0 ? 128 : random.Next(129)))];
            sbyte[] b = [.. Enumerable.Range(0, 32).Select(_ => (sbyte)(round == 0 ? -127 : random.Next(-127, 128)))];
            short[] c = [.. Enumerable.Range(0, 16).Select(_ => (short)random.Next(-128, 128))], d = [.. Enumerable.Range(0, 16).Select(_ => (short)random.Next(-127, 128))];
            Vector256<int> start = Vector256.Create(random.Next(1000));
            Vector256<int> bytes = IntegerDot.AddBytes(start, Vector256.Create(a), Vector256.Create(b)), words = IntegerDot.AddWords(start, Vector256.Create(c), Vector256.Create(d));
            for (int i = 0; i < 8; i++)
            {
                Assert.Equal(start[0] + Enumerable.Range(4 * i, 4).Sum(k => a[k] * b[k]), bytes[i]);
                Assert.Equal(start[0] + Enumerable.Range(2 * i, 2).Sum(k => c[k] * d[k]), words[i]);
            }
        }
    }

    [Fact]
    public void Tiles_in_32_bit_sums_have_the_bits_of_tiles_in_16_bit_ones()
    {
        if (!Avx2.IsSupported)
        {
            return; // the backend takes plain code then, which LinearQuantizedTests sees to
        }

        AssertAlike<Q40Kernel>(15, Q40Kernel.PanelRunBytes, Q40Kernel.FactorsOfRun);
        AssertAlike<Q4KKernel>(15, Q4KKernel.PanelRunBytes, Q4KKernel.FactorsOfRun);
        AssertAlike<Q5KKernel>(31, Q5KKernel.PanelRunBytes, Q5KKernel.FactorsOfRun);
    }

    private static void AssertAlike<TFormat>(int largest, int runBytes, int factors)
        where TFormat : struct, INibbleFormat
    {
        const int Runs = 5, Tile = 4;
        var random = new Random(5);
        foreach (bool extreme in new[] { false, true })
        {
            var panel = new byte[Runs * runBytes];
            for (int run = 0; run < Runs; run++)
            {
                Span<byte> integers = panel.AsSpan(run * runBytes, runBytes - (factors * sizeof(float)));
                for (int i = 0; i < integers.Length; i++)
                {
                    integers[i] = (byte)(extreme ? largest : random.Next(largest + 1));
                }

                for (int i = 0; i < factors; i++)
                {
                    BitConverter.TryWriteBytes(panel.AsSpan((run * runBytes) + integers.Length + (i * sizeof(float))), random.NextSingle() - 0.5f);
                }
            }

            sbyte[] x = [.. Enumerable.Range(0, Runs * Tile * 32).Select(_ => (sbyte)(extreme ? -127 : random.Next(-127, 128)))];
            float[] terms = [.. Enumerable.Range(0, Runs * Tile * 4).Select(i => i / 4 % 4 == 2 ? BitConverter.Int32BitsToSingle(8 * random.Next(-4000, 4000)) : random.NextSingle())];
            float[] narrow = new float[64], wide = new float[64];
            fixed (byte* p = panel)
            fixed (sbyte* v = x)
            fixed (float* t = terms, a = narrow, b = wide)
            {
                NibbleTile<TFormat>.MultiplyInto16(p, Runs, (int*)v, t, a);
                NibbleTile<TFormat>.MultiplyInto32(p, Runs, (int*)v, t, b);
            }

            Assert.Equal(narrow, wide);
            Assert.Contains(narrow, value => value != 0);
        }
    }
}
