namespace Lazuli.Compute;

/// <summary>One fit of a scaling law: residuals, their derivatives, and descent.</summary>
/// <remarks>
/// Unknowns θ = (ln E, ln A − α·n̄, ln B − β·d̄, α, β), n̄ and d̄ the means of ln N and ln D. With s the shares of the three terms of the predicted loss, the
/// derivatives of its logarithm are (s₀, s₁, s₂, −s₁·(ln N − n̄), −s₂·(ln D − d̄)).
/// </remarks>
internal sealed class ScalingLawProblem
{
    private const int Unknowns = 5;
    private const int MostSteps = 80;
    private const double PriorWeight = 1e-7; // against a run's Huber loss of some 1e-6: felt only where the runs say nothing
    private const double Settled = 1e-13;

    private readonly double[] _n;
    private readonly double[] _d;
    private readonly double[] _logLoss;
    private readonly double _meanN;
    private readonly double _meanD;
    private readonly int _fitted;
    private readonly double[] _prior;

    public ScalingLawProblem(IReadOnlyList<TrainingObservation> runs, bool freeExponents)
    {
        _meanN = runs.Average(r => Math.Log(r.Parameters));
        _meanD = runs.Average(r => Math.Log(r.Tokens));
        _n = [.. runs.Select(r => Math.Log(r.Parameters) - _meanN)];
        _d = [.. runs.Select(r => Math.Log(r.Tokens) - _meanD)];
        _logLoss = [.. runs.Select(r => Math.Log(r.Loss))];
        _fitted = freeExponents ? Unknowns : 3;
        _prior = Encode(ScalingLaw.Besiroglu);
    }

    /// <summary>Starts on a grid: how much of the lowest loss is E, how the rest parts between size and data, and the exponents.</summary>
    public IEnumerable<ScalingLaw> Starts()
    {
        yield return ScalingLaw.Besiroglu;
        double lowest = Math.Exp(_logLoss.Min());
        double[] exponents = _fitted == Unknowns ? [0.2, 0.35, 0.5] : [double.NaN];
        foreach (double share in new[] { 0.2, 0.5, 0.8 })
        {
            foreach (double size in new[] { 0.2, 0.5, 0.8 })
            {
                foreach (double alpha in exponents)
                {
                    foreach (double beta in exponents)
                    {
                        double rest = lowest * (1 - share);
                        yield return Decode(
                            [Math.Log(lowest * share), Math.Log(rest * size), Math.Log(rest * (1 - size)), double.IsNaN(alpha) ? _prior[3] : alpha, double.IsNaN(beta) ? _prior[4] : beta]);
                    }
                }
            }
        }
    }

    /// <summary>The lowest end of descents from all <paramref name="starts"/>.</summary>
    public ScalingLaw Minimise(IEnumerable<ScalingLaw> starts)
    {
        double[]? best = null;
        double least = double.PositiveInfinity;
        foreach (ScalingLaw start in starts)
        {
            (double[] end, double objective) = Descend(Encode(start));
            if (objective < least)
            {
                (best, least) = (end, objective);
            }
        }

        return Decode(best!);
    }

    private (double[] Theta, double Objective) Descend(double[] theta)
    {
        double objective = Objective(theta);
        double damping = 1e-3;
        var normal = new double[Unknowns, Unknowns];
        var gradient = new double[Unknowns];
        for (int step = 0; step < MostSteps && damping < 1e12; step++)
        {
            Linearise(theta, normal, gradient);
            double[] next = [.. theta];
            if (!Solve(normal, gradient, damping, next))
            {
                damping *= 10;
                continue;
            }

            double lower = Objective(next);
            if (!(lower < objective))
            {
                damping *= 4;
                continue;
            }

            bool settled = objective - lower < Settled * (1 + objective);
            (theta, objective, damping) = (next, lower, damping / 3);
            if (settled)
            {
                break;
            }
        }

        return (theta, objective);
    }

    private double Objective(double[] theta)
    {
        double sum = 0;
        for (int i = 0; i < _n.Length; i++)
        {
            double r = Math.Abs(_logLoss[i] - LogPrediction(theta, i, out _, out _, out _));
            sum += r <= ScalingLawFitter.Delta ? r * r / 2 : ScalingLawFitter.Delta * (r - (ScalingLawFitter.Delta / 2));
        }

        for (int k = 0; k < _fitted; k++)
        {
            double pull = theta[k] - _prior[k];
            sum += PriorWeight * pull * pull / 2;
        }

        return double.IsFinite(sum) ? sum : double.PositiveInfinity;
    }

    /// <summary>Gauss–Newton matrix and gradient of the reweighted residuals.</summary>
    private void Linearise(double[] theta, double[,] normal, double[] gradient)
    {
        Array.Clear(normal);
        Array.Clear(gradient);
        Span<double> slope = stackalloc double[Unknowns];
        for (int i = 0; i < _n.Length; i++)
        {
            double r = _logLoss[i] - LogPrediction(theta, i, out double e, out double a, out double b);
            double weight = Math.Abs(r) <= ScalingLawFitter.Delta ? 1 : ScalingLawFitter.Delta / Math.Abs(r);
            slope[0] = e;
            slope[1] = a;
            slope[2] = b;
            slope[3] = -a * _n[i];
            slope[4] = -b * _d[i];
            for (int j = 0; j < _fitted; j++)
            {
                gradient[j] += weight * r * slope[j];
                for (int k = 0; k < _fitted; k++)
                {
                    normal[j, k] += weight * slope[j] * slope[k];
                }
            }
        }

        for (int k = 0; k < _fitted; k++)
        {
            normal[k, k] += PriorWeight;
            gradient[k] -= PriorWeight * (theta[k] - _prior[k]);
        }
    }

    /// <summary>Adds the damped step to <paramref name="theta"/>: Gauss elimination with the largest pivot; false where the matrix is singular.</summary>
    private bool Solve(double[,] normal, double[] gradient, double damping, double[] theta)
    {
        var m = new double[_fitted, _fitted + 1];
        for (int j = 0; j < _fitted; j++)
        {
            for (int k = 0; k < _fitted; k++)
            {
                m[j, k] = normal[j, k];
            }

            m[j, j] += damping * (normal[j, j] + 1e-12);
            m[j, _fitted] = gradient[j];
        }

        for (int c = 0; c < _fitted; c++)
        {
            int pivot = Enumerable.Range(c, _fitted - c).MaxBy(r => Math.Abs(m[r, c]));
            if (!(Math.Abs(m[pivot, c]) > 1e-300))
            {
                return false;
            }

            for (int k = 0; k <= _fitted; k++)
            {
                (m[c, k], m[pivot, k]) = (m[pivot, k], m[c, k]);
            }

            for (int r = 0; r < _fitted; r++)
            {
                double factor = r == c ? 0 : m[r, c] / m[c, c];
                for (int k = c; k <= _fitted; k++)
                {
                    m[r, k] -= factor * m[c, k];
                }
            }
        }

        for (int j = 0; j < _fitted; j++)
        {
            theta[j] += m[j, _fitted] / m[j, j];
        }

        return true;
    }

    /// <summary>Logarithm of the predicted loss, and the shares of its three terms.</summary>
    private double LogPrediction(double[] theta, int i, out double e, out double a, out double b)
    {
        double x = theta[0], y = theta[1] - (theta[3] * _n[i]), z = theta[2] - (theta[4] * _d[i]);
        double top = Math.Max(x, Math.Max(y, z));
        e = Math.Exp(x - top);
        a = Math.Exp(y - top);
        b = Math.Exp(z - top);
        double sum = e + a + b;
        e /= sum;
        a /= sum;
        b /= sum;
        return top + Math.Log(sum);
    }

    private double[] Encode(ScalingLaw law) =>
        [Math.Log(law.E), Math.Log(law.A) - (law.Alpha * _meanN), Math.Log(law.B) - (law.Beta * _meanD), law.Alpha, law.Beta];

    private ScalingLaw Decode(double[] theta) =>
        new(Math.Exp(theta[0]), Math.Exp(theta[1] + (theta[3] * _meanN)), Math.Exp(theta[2] + (theta[4] * _meanD)), theta[3], theta[4]);
}
