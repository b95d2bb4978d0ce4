namespace Lazuli.Numerics;

/// <summary>Root-mean-square norm of heads, in place, as Qwen 3 has it for queries and keys: <c>x[r,h,d] = x[r,h,d]·gain[d]/√(mean_d x[r,h,d]² + ε)</c>.</summary>
/// <remarks>Shapes: x [R, stride], heads of D floats side by side from <c>column</c> on; gain [D]. Sums and rounding as <see cref="RmsNormJob"/>.</remarks>
internal unsafe struct RmsNormHeadsJob(RopeShape shape, float epsilon, float* x, float* gain, int column, int heads) : ITileJob
{
    public readonly void Execute(int tile, int worker)
    {
        int end = Math.Min((tile + 1) * RopeJob.RowsPerTile, shape.Rows);
        for (int r = tile * RopeJob.RowsPerTile; r < end; r++)
        {
            float* head = x + ((long)r * shape.RowStride) + column;
            for (int h = 0; h < heads; h++, head += shape.HeadSize)
            {
                float rstd = 1f / MathF.Sqrt((RowMath.SumOfSquares(head, 0f, shape.HeadSize) / shape.HeadSize) + epsilon);
                RmsNormJob.Scale(head, gain, rstd, head, shape.HeadSize);
            }
        }
    }
}
