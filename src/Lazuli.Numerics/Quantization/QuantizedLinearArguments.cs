namespace Lazuli.Numerics;

/// <summary>One weight of a call, its results in columns of their own.</summary>
internal unsafe struct LinearPart
{
    public WeightFormat Format;
    public byte* Rows;
    public nint RowBytes;
    public int Out;
    public WeightLayout Layout;
    public float* Bias;

    /// <summary>Column of the first output.</summary>
    public int Column;

    /// <summary>Number of the first tile of outputs.</summary>
    public int FirstTile;

    /// <summary>Outputs of a tile.</summary>
    public int TileOutputs;
}

/// <summary>What the tiles of a quantised linear layer share: <c>y[r, column + o] (+)= Σ_k x[r,k] · w[o,k] (+ bias[o])</c>.</summary>
internal unsafe struct QuantizedLinearArguments
{
    public LinearPart* Parts;
    public int PartCount;
    public int Rows;
    public int In;
    public float* X;
    public float* Y;
    public int YRow;
    public bool Accumulate;

    /// <summary>Weights are unpacked once for many rows, instead of streamed once a row.</summary>
    public bool Unpacks;

    public QuantizedRows Integers;
    public FloatRows Plain;
    public FloatRows Half;
    public FloatRows Upper;
    public byte* Scratch;
    public nint ScratchBytes;

    public readonly LinearPart* PartOf(int tile)
    {
        LinearPart* part = Parts + PartCount - 1;
        while (part->FirstTile > tile)
        {
            part--;
        }

        return part;
    }

    /// <summary>Rows of weights from output <paramref name="first"/> on; the last row again where there are no more.</summary>
    public static void PointAt(LinearPart* part, int first, int count, byte** rows)
    {
        for (int i = 0; i < count; i++)
        {
            rows[i] = part->Rows + (Math.Min(first + i, part->Out - 1) * part->RowBytes);
        }
    }

    /// <summary>As <see cref="PointAt"/>, for rows of 16-bit floats in either layout; gives the step from one run of columns, of <paramref name="runBytes"/>, to the next.</summary>
    public static nint PointAtRuns(LinearPart* part, int first, int count, int runBytes, byte** rows)
    {
        if (part->Layout == WeightLayout.Rows)
        {
            PointAt(part, first, count, rows);
            return runBytes;
        }

        for (int i = 0; i < count; i++)
        {
            int output = Math.Min(first + i, part->Out - 1);
            rows[i] = GroupOf(part, output) + (output % LaneLayout.GroupRows * runBytes);
        }

        return LaneLayout.GroupRows * runBytes;
    }

    /// <summary>The group of eight rows that has output <paramref name="output"/>; the last group where there are no more.</summary>
    public static byte* GroupOf(LinearPart* part, int output) =>
        part->Rows + (Math.Min(output, part->Out - 1) / LaneLayout.GroupRows * LaneLayout.GroupRows * part->RowBytes);

    /// <summary>Writes results of one row from output <paramref name="first"/> on, as far as the part goes.</summary>
    public readonly void Write(LinearPart* part, int row, int first, int count, float* sums)
    {
        count = Math.Min(count, part->Out - first);
        float* to = Y + ((nint)row * YRow) + part->Column + first;
        for (int i = 0; i < count; i++)
        {
            float value = sums[i];
            if (Accumulate)
            {
                value = to[i] + value;
            }

            if (part->Bias != null)
            {
                value += part->Bias[first + i];
            }

            to[i] = value;
        }
    }
}
