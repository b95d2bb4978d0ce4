using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>Rotary position embedding, in place: each pair (a, b) of a head becomes <c>(a·cos − b·sin, b·cos + a·sin)</c> of its row's position and its own frequency.</summary>
/// <remarks>
/// Shapes: x [R, stride], heads of D floats side by side from <c>column</c> on; positions [R]; cosSin [P, D] of <see cref="RopeTableJob"/>.
/// Pairs are (j, j + D/2) or (2j, 2j+1). The inverse turns by −angle. Nothing is fused, so all machines and all places in a vector round alike.
/// </remarks>
internal unsafe struct RopeJob(RopeShape shape, float* x, int* positions, float* cosSin, int column, int heads, float direction) : ITileJob
{
    public const int RowsPerTile = 16;

    public readonly void Execute(int tile, int worker)
    {
        int end = Math.Min((tile + 1) * RowsPerTile, shape.Rows);
        for (int r = tile * RowsPerTile; r < end; r++)
        {
            float* cosines = cosSin + ((long)positions[r] * shape.HeadSize);
            float* head = x + ((long)r * shape.RowStride) + column;
            for (int h = 0; h < heads; h++, head += shape.HeadSize)
            {
                if (shape.Pairing == RopePairing.Halves)
                {
                    Halves(head, cosines, shape.HeadSize / 2, direction);
                }
                else
                {
                    Interleaved(head, cosines, shape.HeadSize / 2, direction);
                }
            }
        }
    }

    private static void Halves(float* first, float* cosines, int half, float direction)
    {
        float* second = first + half;
        float* sines = cosines + half;
        var turn = Vector256.Create(direction);
        int j = 0;
        for (; j <= half - 8; j += 8)
        {
            Vector256<float> a = Vector256.Load(first + j);
            Vector256<float> b = Vector256.Load(second + j);
            Vector256<float> c = Vector256.Load(cosines + j);
            Vector256<float> s = Vector256.Load(sines + j) * turn;
            ((a * c) - (b * s)).Store(first + j);
            ((b * c) + (a * s)).Store(second + j);
        }

        for (; j < half; j++)
        {
            (first[j], second[j]) = Turn(first[j], second[j], cosines[j], sines[j] * direction);
        }
    }

    private static void Interleaved(float* pairs, float* cosines, int half, float direction)
    {
        float* sines = cosines + half;
        var spread = Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3); // one angle for both of a pair
        var swap = Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6);
        var turn = Vector256.Create(-direction, direction, -direction, direction, -direction, direction, -direction, direction);
        int j = 0;
        for (; j <= half - 4; j += 4)
        {
            Vector256<float> v = Vector256.Load(pairs + (2 * j));
            Vector256<float> c = Vector256.Shuffle(Vector128.Load(cosines + j).ToVector256(), spread);
            Vector256<float> s = Vector256.Shuffle(Vector128.Load(sines + j).ToVector256(), spread) * turn;
            ((v * c) + (Vector256.Shuffle(v, swap) * s)).Store(pairs + (2 * j));
        }

        for (; j < half; j++)
        {
            (pairs[2 * j], pairs[(2 * j) + 1]) = Turn(pairs[2 * j], pairs[(2 * j) + 1], cosines[j], sines[j] * direction);
        }
    }

    private static (float A, float B) Turn(float a, float b, float cosine, float sine) => ((a * cosine) - (b * sine), (b * cosine) + (a * sine));
}
